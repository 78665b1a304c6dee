import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { shipmentStream, type ShipmentCommand } from '@murmuration/domain-shipping';
import { Commands, Execute, FromRequest, Reads, ReadState, ShownAs, type CommandContext } from '@murmuration/platform';
import {
  callResolution,
  callRetry,
  orderId,
  shipmentView,
  shownShipment,
  type CallResolution,
  type CallRetry,
} from './shipment.schemas';

@ApiTags('shipments')
@Controller('shipments')
@ShownAs(shipmentView)
export class ShipmentsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get(':orderId')
  @Reads('The shipment of an order', shownShipment)
  find(@Param('orderId', { schema: orderId }) id: string) {
    return this.queries.execute(new ReadState(shipmentStream(id)));
  }

  @Post(':orderId/dispatch')
  @Commands('The parcel has left: from now on nothing is undone', 200, shownShipment)
  dispatch(@Param('orderId', { schema: orderId }) orderId: string, @FromRequest() context: CommandContext) {
    return this.execute({ type: 'DispatchShipment', orderId, now: context.now }, context);
  }

  @Post(':orderId/deliver')
  @Commands('The parcel has arrived', 200, shownShipment)
  deliver(@Param('orderId', { schema: orderId }) orderId: string, @FromRequest() context: CommandContext) {
    return this.execute({ type: 'DeliverShipment', orderId, now: context.now }, context);
  }

  @Post(':orderId/attention/retry')
  @Commands('Make a call once more that the carrier refused or never answered', 202, shownShipment)
  retry(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: callRetry }) word: CallRetry,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'RetryCall', orderId, ...word, now: context.now }, context);
  }

  @Post(':orderId/attention/resolve')
  @Commands('Say what became of a call that was settled with the carrier by hand', 200, shownShipment)
  resolve(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: callResolution }) { carrierReference, ...word }: CallResolution,
    @FromRequest() context: CommandContext,
  ) {
    const named = carrierReference === undefined ? {} : { carrierReference };
    return this.execute({ type: 'ResolveCall', orderId, ...word, ...named, now: context.now }, context);
  }

  private execute(command: ShipmentCommand, context: CommandContext) {
    const { orderId } = command;
    return this.commands.execute(new Execute(command, { streamId: shipmentStream(orderId), saga: orderId }, context));
  }
}
