import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { derivedId } from '@murmuration/event-store';
import { shipmentStream, type ShipmentCommand } from '@murmuration/domain-shipping';
import { Execute, FromRequest, type CommandContext } from '@murmuration/platform';
import { rejectionStatus } from './rejection-status';
import { carrierNotices, shownResults, type CarrierNotice, type NoticeResults } from './shipment.schemas';

@ApiTags('webhooks')
@Controller('webhooks/carrier')
export class CarrierController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'What the carrier did with parcels' })
  @ApiResponse({ status: 200, description: 'Whether each notice was accepted', standardSchema: shownResults })
  async hear(
    @Body({ schema: carrierNotices }) notices: readonly CarrierNotice[],
    @FromRequest() context: CommandContext,
  ): Promise<NoticeResults> {
    return { results: await Promise.all(notices.map((notice) => this.hearOne(notice, context))) };
  }

  private async hearOne(
    { eventId, orderId, carrierReference, event }: CarrierNotice,
    context: CommandContext,
  ): Promise<NoticeResults['results'][number]> {
    const { now } = context;
    const command: ShipmentCommand =
      event === 'handed-over'
        ? { type: 'DispatchShipment', orderId, carrierReference, now }
        : { type: 'DeliverShipment', orderId, now };
    const commandId = derivedId('shipping', 'webhooks/carrier', eventId);
    const target = { streamId: shipmentStream(orderId), saga: orderId };
    const { found } = await this.commands.execute(new Execute(command, target, { ...context, commandId }));
    if (found.kind === 'state') return { eventId, status: 200 };
    const { type } = found.rejection;
    return { eventId, status: (rejectionStatus as Readonly<Record<string, number>>)[type] ?? 409, reason: type };
  }
}
