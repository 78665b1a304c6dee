import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { derivedId } from '@murmuration/event-store';
import { paymentStream, type PaymentCommand } from '@murmuration/domain-payments';
import {
  bodyHash,
  Commands,
  Execute,
  FromRequest,
  Reads,
  ReadState,
  ShownAs,
  type CommandContext,
} from '@murmuration/platform';
import {
  callResolution,
  callRetry,
  newRefund,
  orderId,
  paymentView,
  providerNotice,
  shownPayment,
  type CallResolution,
  type CallRetry,
  type NewRefund,
  type ProviderNotice,
} from './payment.schemas';

@ApiTags('payments')
@Controller()
@ShownAs(paymentView)
export class PaymentsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get('payments/:orderId')
  @Reads('The payment of an order', shownPayment)
  find(@Param('orderId', { schema: orderId }) id: string) {
    return this.queries.execute(new ReadState(paymentStream(id)));
  }

  @Post('payments/:orderId/refunds')
  @Commands('Give back money of an order that was shipped', 202, shownPayment)
  refund(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: newRefund }) { refundId, amountMinor }: NewRefund,
    @FromRequest() context: CommandContext,
  ) {
    const { newId, now } = context;
    return this.execute({ type: 'RequestRefund', orderId, refundId: refundId ?? newId, amountMinor, now }, context);
  }

  @Post('payments/:orderId/attention/retry')
  @Commands('Make calls once more that the provider refused or never answered', 202, shownPayment)
  retry(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: callRetry }) { key, ...word }: CallRetry,
    @FromRequest() context: CommandContext,
  ) {
    const { now } = context;
    const named = key === undefined ? {} : { key };
    return this.execute({ type: 'RetryCall', orderId, ...word, ...named, now }, context);
  }

  @Post('payments/:orderId/attention/resolve')
  @Commands('Say what became of a call that was settled at the provider by hand', 200, shownPayment)
  resolve(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: callResolution }) { key, receipt, ...word }: CallResolution,
    @FromRequest() context: CommandContext,
  ) {
    const { now } = context;
    const named = { ...(key === undefined ? {} : { key }), ...(receipt === undefined ? {} : { receipt }) };
    return this.execute({ type: 'ResolveCall', orderId, ...word, ...named, now }, context);
  }

  @Post('webhooks/psp')
  @Commands('What the payment provider tells by itself', 200, shownPayment)
  hearProvider(@Body({ schema: providerNotice }) notice: ProviderNotice, @FromRequest() context: CommandContext) {
    const { eventId, orderId, key, outcome } = notice;
    const { now } = context;
    // The provider's id of the notice does what an Idempotency-Key does for others.
    const identity = { commandId: derivedId('payments', 'webhooks/psp', eventId), requestHash: bodyHash(notice) };
    return this.execute({ type: 'ReportProviderOutcome', orderId, key, outcome, now }, { ...context, ...identity });
  }

  private execute(command: PaymentCommand, context: CommandContext) {
    const { orderId } = command;
    return this.commands.execute(new Execute(command, { streamId: paymentStream(orderId), saga: orderId }, context));
  }
}
