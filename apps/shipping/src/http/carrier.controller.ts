import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { derivedId } from '@murmuration/event-store';
import { shipmentStream, type ShipmentCommand } from '@murmuration/domain-shipping';
import { Execute, FromRequest, type CommandContext } from '@murmuration/platform';
import { carrierNotices, shownResults, type CarrierNotice, type NoticeResult } from './shipment.schemas';

@ApiTags('webhooks')
@Controller('webhooks/carrier')
export class CarrierController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'What the carrier did with parcels' })
  @ApiResponse({ status: 200, description: 'Whether each notice was accepted', standardSchema: shownResults })
  hear(
    @Body({ schema: carrierNotices }) notices: readonly CarrierNotice[],
    @FromRequest() context: CommandContext,
  ): Promise<readonly NoticeResult[]> {
    return Promise.all(notices.map((notice) => this.hearOne(notice, context)));
  }

  private async hearOne(
    { eventId, orderId, carrierReference, event }: CarrierNotice,
    context: CommandContext,
  ): Promise<NoticeResult> {
    const { now } = context;
    const command: ShipmentCommand =
      event === 'handed-over'
        ? { type: 'DispatchShipment', orderId, carrierReference, now }
        : { type: 'DeliverShipment', orderId, now };
    const commandId = derivedId('shipping', 'webhooks/carrier', eventId);
    const target = { streamId: shipmentStream(orderId), saga: orderId };
    const { found } = await this.commands.execute(new Execute(command, target, { ...context, commandId }));
    return found.kind === 'rejected'
      ? { eventId, result: 'refused', reason: found.rejection.type }
      : { eventId, result: 'accepted' };
  }
}
