import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';
import type { ExternalEffect, Step } from './step';

const call = (name: string, idempotencyKey: string): ExternalEffect => ({
  port: 'carrier',
  call: name,
  idempotencyKey,
  query: 'find a booking by its client reference',
});

export const shippingSteps = [
  {
    service: 'shipping',
    name: 'note-order',
    key: 'orderId',
    hears: [orders.orderSubmitted.name],
    needs: { [orders.orderSubmitted.name]: ['shipTo'] },
    outcomes: { done: [] },
    kind: 'note',
  },
  {
    service: 'shipping',
    name: 'book-shipment',
    key: 'orderId',
    hears: [payments.paymentAuthorized.name],
    joins: [orders.orderSubmitted.name],
    outcomes: {
      done: [shipping.shipmentBooked.name],
      refused: [shipping.shipmentRefused.name],
      unknown: [shipping.shipmentNeedsAttention.name],
    },
    kind: 'compensatable',
    undoneBy: 'cancel-shipment',
    undoneOn: [orders.orderCancellationRequested.name],
    waits: [
      {
        for: 'the order, when the authorisation is heard of first',
        until: [orders.orderSubmitted.name],
        deadline: 'order-end-to-end',
      },
      {
        for: 'the carrier to say yes or no',
        until: [shipping.shipmentBooked.name, shipping.shipmentRefused.name],
        deadline: 'carrier-answer',
      },
      {
        for: 'the carrier to come for the parcel',
        until: [shipping.shipmentDispatched.name, orders.orderCancellationRequested.name],
        deadline: 'order-end-to-end',
      },
    ],
    effects: [call('book', 'book:<orderId>')],
  },
  {
    service: 'shipping',
    name: 'cancel-shipment',
    key: 'orderId',
    hears: [orders.orderCancellationRequested.name],
    outcomes: {
      done: [shipping.shipmentCancelled.name],
      refused: [shipping.shipmentCancelRefused.name],
      unknown: [shipping.shipmentNeedsAttention.name],
    },
    kind: 'compensation',
    // The cancellation is decided at once; the booking is taken back at the carrier afterwards.
    waits: [
      {
        for: 'the carrier to take the booking back',
        until: [shipping.shipmentCancelled.name, shipping.shipmentCancelRefused.name],
        deadline: 'carrier-answer',
      },
    ],
    effects: [call('cancel', 'cancel:<orderId>')],
    guard: { state: 'the shipment', moves: ['not dispatched', 'cancelled', 'or dispatched and the request refused'] },
  },
  {
    service: 'shipping',
    name: 'dispatch-shipment',
    key: 'orderId',
    hears: [],
    outcomes: { done: [shipping.shipmentDispatched.name] },
    // The carrier comes for a parcel before it has answered the booking.
    besides: [shipping.shipmentBooked.name],
    kind: 'pivot',
  },
  {
    service: 'shipping',
    name: 'deliver-shipment',
    key: 'orderId',
    hears: [],
    outcomes: { done: [shipping.shipmentDelivered.name] },
    kind: 'retriable',
  },
  {
    // An operator has a call made once more, or says what became of it at the carrier.
    service: 'shipping',
    name: 'handle-attention',
    key: 'orderId',
    hears: [],
    outcomes: { done: [shipping.shipmentAttentionHandled.name], unknown: [shipping.shipmentNeedsAttention.name] },
    besides: [shipping.shipmentBooked.name, shipping.shipmentRefused.name],
    kind: 'note',
    waits: [
      {
        for: 'the carrier to answer a call that is made once more',
        until: [shipping.shipmentBooked.name, shipping.shipmentRefused.name, shipping.shipmentAttentionHandled.name],
        deadline: 'carrier-answer',
      },
    ],
  },
] as const satisfies readonly Step[];
