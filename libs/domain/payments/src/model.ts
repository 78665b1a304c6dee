import type { DecisionModel } from '@murmuration/kernel';
import { payment } from './payment';
import { paymentStream, type PaymentCommand, type PaymentEvent, type PaymentRejection } from './payment.messages';
import type { Payment } from './payment.state';

/** One stream per order. */
export const paymentsModel: DecisionModel<PaymentCommand, PaymentEvent, Payment, PaymentRejection> = {
  streamsOf: ({ orderId }) => [paymentStream(orderId)],
  streamOf: ({ orderId }) => paymentStream(orderId),
  initial: () => payment.initial,
  evolve: payment.evolve,
  decide: (command, stateOf) => payment.decide(command, stateOf(paymentStream(command.orderId))),
};
