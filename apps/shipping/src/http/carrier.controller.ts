import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { derivedId, EventStoreError } from '@murmuration/event-store';
import { shipmentStream, type ShipmentCommand } from '@murmuration/domain-shipping';
import { Answers, Execute, FromRequest, type CommandContext } from '@murmuration/platform';
import { rejectionStatus } from './rejection-status';
import {
  carrierNotices,
  shownResults,
  type CarrierNotice,
  type NoticeResult,
  type NoticeResults,
} from './shipment.schemas';

const REFUSED = 409;
/** To be said again: only a refusal means that the carrier keeps the parcel. */
const UNAVAILABLE = 503;

@ApiTags('webhooks')
@Controller('webhooks/carrier')
export class CarrierController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post()
  @Answers(
    'What the carrier did with parcels; each notice is answered by itself',
    200,
    shownResults,
    400,
    413,
    415,
    503,
  )
  async hear(
    @Body({ schema: carrierNotices }) notices: readonly CarrierNotice[],
    @FromRequest() { requestHash: _hash, ifMatch: _version, ...context }: CommandContext,
  ): Promise<NoticeResults> {
    return { results: await Promise.all(notices.map((notice) => this.hearOne(notice, context))) };
  }

  private async hearOne(notice: CarrierNotice, context: CommandContext): Promise<NoticeResult> {
    const { eventId, orderId, event } = notice;
    const target = { streamId: shipmentStream(orderId), saga: orderId };
    // The same id for another parcel, or for another thing that happened to it, is another notice.
    const commandId = derivedId('shipping', 'webhooks/carrier', eventId, orderId, event);
    try {
      const { found } = await this.commands.execute(
        new Execute(commandOf(notice, context), target, { ...context, commandId }),
      );
      if (found.kind === 'state') return { eventId, status: 200 };
      const { type } = found.rejection;
      return { eventId, status: (rejectionStatus as Readonly<Record<string, number>>)[type] ?? REFUSED, reason: type };
    } catch (error) {
      // One parcel that nothing can be said about now keeps none of the others waiting.
      if (error instanceof EventStoreError) return { eventId, status: UNAVAILABLE, reason: error.code };
      throw error;
    }
  }
}

const commandOf = (
  { orderId, carrierReference, event }: CarrierNotice,
  { now }: Pick<CommandContext, 'now'>,
): ShipmentCommand =>
  event === 'handed-over'
    ? { type: 'DispatchShipment', orderId, carrierReference, now }
    : { type: 'DeliverShipment', orderId, carrierReference, now };
