import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { orderSubmitted } from '@murmuration/contracts';
import { orderStream, type OrderCommand } from '@murmuration/domain-orders';
import {
  Commands,
  Execute,
  FromRequest,
  ReadEvents,
  Reads,
  ReadState,
  ShownAs,
  shownEventPage,
  shownEvents,
  streamPage,
  streamMoment,
  type CommandContext,
  type StreamMoment,
  type StreamPage,
} from '@murmuration/platform';
import {
  cancellation,
  newLine,
  newOrder,
  newQuantity,
  operatorWord,
  orderId,
  orderView,
  resolution,
  shownOrder,
  sku,
  type Cancellation,
  type NewLine,
  type NewOrder,
  type NewQuantity,
  type OperatorWord,
  type Resolution,
} from './order.schemas';

/** Milliseconds that an order may take. */
export const ORDER_DEADLINE = Symbol('order deadline');

/** What the contract marks as personal is shown to nobody. */
const PERSONAL: ReadonlySet<string> = new Set(Object.keys(orderSubmitted.personal));

@ApiTags('orders')
@Controller('orders')
@ShownAs(orderView)
export class OrdersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(ORDER_DEADLINE) private readonly deadlineMs: number,
  ) {}

  @Post()
  @Commands('Create an order, and submit it when asked to', 201, shownOrder)
  create(@Body({ schema: newOrder }) { submit, ...basket }: NewOrder, @FromRequest() context: CommandContext) {
    const { newId: orderId, now } = context;
    const { deadlineMs } = this;
    return this.execute(
      submit
        ? { type: 'PlaceOrder', orderId, ...basket, deadlineMs, now }
        : { type: 'CreateOrder', orderId, ...basket, now },
      context,
    );
  }

  @Get(':orderId')
  @Reads('An order as it is, or as it was at a version or an instant', shownOrder)
  find(@Param('orderId', { schema: orderId }) id: string, @Query({ schema: streamMoment }) moment: StreamMoment) {
    return this.queries.execute(new ReadState(orderStream(id), moment));
  }

  @Get(':orderId/events')
  @Reads('All that happened to an order, without its payment token and address, page by page', shownEventPage)
  async events(@Param('orderId', { schema: orderId }) id: string, @Query({ schema: streamPage }) page: StreamPage) {
    return shownEvents(await this.queries.execute(new ReadEvents(orderStream(id), page)), page, PERSONAL);
  }

  @Post(':orderId/lines')
  @Commands('Add a line to a draft; one more of a SKU adds to its line', 200, shownOrder)
  addLine(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: newLine }) line: NewLine,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'AddOrderLine', orderId, ...line, now: context.now }, context);
  }

  @Patch(':orderId/lines/:sku')
  @Commands('Change the quantity of a line of a draft', 200, shownOrder)
  changeLine(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Param('sku', { schema: sku }) sku: string,
    @Body({ schema: newQuantity }) { quantity }: NewQuantity,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ChangeLineQuantity', orderId, sku, quantity, now: context.now }, context);
  }

  @Delete(':orderId/lines/:sku')
  @Commands('Take a line out of a draft', 200, shownOrder)
  removeLine(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Param('sku', { schema: sku }) sku: string,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'RemoveOrderLine', orderId, sku, now: context.now }, context);
  }

  @Post(':orderId/submit')
  @Commands('Submit a draft: from now on it is fulfilled', 200, shownOrder)
  submit(@Param('orderId', { schema: orderId }) orderId: string, @FromRequest() context: CommandContext) {
    const { deadlineMs } = this;
    return this.execute({ type: 'SubmitOrder', orderId, deadlineMs, now: context.now }, context);
  }

  @Post(':orderId/cancel')
  @Commands('Ask for an order to be cancelled; whether it can be, shipping decides', 202, shownOrder)
  cancel(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: cancellation.prefault({}) }) { reason }: Cancellation,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'RequestCancellation', orderId, reason, now: context.now }, context);
  }

  @Post(':orderId/attention/retry')
  @Commands('Give an order that needs a person more time, and ask again for what it was asked for', 202, shownOrder)
  retry(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: operatorWord }) word: OperatorWord,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'RetryOrder', orderId, ...word, now: context.now }, context);
  }

  @Post(':orderId/attention/force-cancel')
  @Commands('Insist that an order which needs a person is cancelled, once everything is undone', 202, shownOrder)
  forceCancel(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: operatorWord }) word: OperatorWord,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ForceCancellation', orderId, ...word, now: context.now }, context);
  }

  @Post(':orderId/attention/resolve')
  @Commands('Say how an order that needs a person has ended, after it was settled by hand', 200, shownOrder)
  resolve(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: resolution }) word: Resolution,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ResolveOrder', orderId, ...word, now: context.now }, context);
  }

  private execute(command: OrderCommand, context: CommandContext) {
    const { orderId } = command;
    return this.commands.execute(new Execute(command, { streamId: orderStream(orderId), saga: orderId }, context));
  }
}
