import * as inventory from './inventory.events';
import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';
import type { ExternalEffect, Step } from './step';

const undoneOn = [shipping.shipmentRefused.name, shipping.shipmentCancelled.name] as const;

const call = (name: string, idempotencyKey: string): ExternalEffect => ({
  port: 'payment-provider',
  call: name,
  idempotencyKey,
  query: 'find a charge by its idempotency key',
});

export const paymentSteps = [
  {
    service: 'payments',
    name: 'note-order',
    key: 'orderId',
    hears: [orders.orderSubmitted.name],
    needs: { [orders.orderSubmitted.name]: ['paymentToken'] },
    outcomes: { done: [] },
    kind: 'note',
  },
  {
    service: 'payments',
    name: 'authorize-payment',
    key: 'orderId',
    hears: [inventory.stockReserved.name],
    joins: [orders.orderSubmitted.name],
    outcomes: {
      done: [payments.paymentAuthorized.name],
      refused: [payments.paymentDeclined.name],
      unknown: [payments.paymentNeedsAttention.name],
    },
    // A method that can only capture.
    besides: [payments.paymentCaptured.name],
    kind: 'compensatable',
    undoneBy: 'undo-payment',
    undoneOn,
    waits: [
      {
        for: 'the order, when the reservation is heard of first',
        until: [orders.orderSubmitted.name],
        deadline: 'order-end-to-end',
      },
      {
        for: 'the provider to say yes or no',
        until: [payments.paymentAuthorized.name, payments.paymentDeclined.name],
        deadline: 'provider-answer',
      },
      {
        for: 'the parcel to leave, or the shipment to be undone',
        until: [shipping.shipmentDispatched.name, ...undoneOn],
        deadline: 'payment-authorization',
      },
    ],
    effects: [call('authorize', 'authorize:<orderId>')],
  },
  {
    service: 'payments',
    name: 'undo-payment',
    key: 'orderId',
    hears: undoneOn,
    outcomes: {
      done: [payments.paymentVoided.name, payments.paymentRefunded.name],
      unknown: [payments.paymentNeedsAttention.name],
    },
    kind: 'compensation',
    waits: [
      {
        for: 'the provider to give the money back',
        until: [payments.paymentVoided.name, payments.paymentRefunded.name],
        deadline: 'provider-answer',
      },
    ],
    effects: [call('void', 'void:<orderId>'), call('refund', 'refund:<orderId>:undo')],
    guard: { state: 'the payment', moves: ['not asked for or authorised', 'being undone', 'voided or refunded'] },
  },
  {
    service: 'payments',
    name: 'capture-payment',
    key: 'orderId',
    hears: [shipping.shipmentDispatched.name],
    outcomes: { done: [payments.paymentCaptured.name], unknown: [payments.paymentNeedsAttention.name] },
    kind: 'retriable',
    waits: [
      {
        for: 'the provider to capture',
        until: [payments.paymentCaptured.name],
        deadline: 'provider-answer',
      },
    ],
    effects: [call('capture', 'capture:<orderId>')],
  },
  {
    // An operator gives back money for a parcel that has left: what was captured is compensated, the order stands.
    service: 'payments',
    name: 'refund-return',
    key: 'orderId',
    hears: [],
    outcomes: { done: [payments.paymentRefunded.name], unknown: [payments.paymentNeedsAttention.name] },
    kind: 'compensation',
    waits: [
      {
        for: 'the provider to give the money back',
        until: [payments.paymentRefunded.name],
        deadline: 'provider-answer',
      },
    ],
    effects: [call('refund', 'refund:<orderId>:<refundId>')],
  },
  {
    // An operator has a call made once more, or says what became of it at the provider.
    service: 'payments',
    name: 'handle-attention',
    key: 'orderId',
    hears: [],
    outcomes: { done: [payments.paymentAttentionHandled.name], unknown: [payments.paymentNeedsAttention.name] },
    besides: [
      payments.paymentAuthorized.name,
      payments.paymentDeclined.name,
      payments.paymentCaptured.name,
      payments.paymentVoided.name,
      payments.paymentRefunded.name,
    ],
    kind: 'note',
    waits: [
      {
        for: 'the provider to answer a call that is made once more',
        until: [
          payments.paymentAuthorized.name,
          payments.paymentDeclined.name,
          payments.paymentCaptured.name,
          payments.paymentVoided.name,
          payments.paymentRefunded.name,
        ],
        deadline: 'provider-answer',
      },
    ],
  },
] as const satisfies readonly Step[];
