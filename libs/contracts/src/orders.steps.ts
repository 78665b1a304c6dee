import * as customers from './customers.events';
import * as inventory from './inventory.events';
import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';
import type { Step } from './step';

export const orderSteps = [
  {
    service: 'orders',
    name: 'submit-order',
    key: 'orderId',
    hears: [],
    outcomes: { done: [orders.orderSubmitted.name] },
    kind: 'compensatable',
    undoneBy: 'follow-progress',
    undoneOn: [
      inventory.stockRefused.name,
      inventory.stockReleased.name,
      payments.paymentDeclined.name,
      payments.paymentVoided.name,
      payments.paymentRefunded.name,
      shipping.shipmentRefused.name,
      shipping.shipmentCancelled.name,
    ],
    waits: [
      {
        for: 'the order to be shipped, paid and out of stock, or to be undone',
        until: [
          shipping.shipmentDispatched.name,
          payments.paymentCaptured.name,
          inventory.stockCommitted.name,
          inventory.stockRefused.name,
          inventory.stockReleased.name,
          payments.paymentDeclined.name,
          payments.paymentVoided.name,
          payments.paymentRefunded.name,
          shipping.shipmentRefused.name,
          shipping.shipmentCancelled.name,
        ],
        deadline: 'order-end-to-end',
      },
    ],
  },
  {
    service: 'orders',
    name: 'request-cancellation',
    key: 'orderId',
    hears: [],
    outcomes: { done: [orders.orderCancellationRequested.name] },
    kind: 'note',
    waits: [
      {
        for: 'shipping to decide the request against the dispatch',
        until: [shipping.shipmentCancelled.name, shipping.shipmentCancelRefused.name, shipping.shipmentRefused.name],
        deadline: 'order-end-to-end',
      },
    ],
  },
  {
    service: 'orders',
    name: 'follow-progress',
    key: 'orderId',
    hears: [
      inventory.stockReserved.name,
      inventory.stockRefused.name,
      inventory.stockReleased.name,
      inventory.stockCommitted.name,
      inventory.stockHoldExpired.name,
      inventory.stockNeedsAttention.name,
      payments.paymentAuthorized.name,
      payments.paymentDeclined.name,
      payments.paymentCaptured.name,
      payments.paymentVoided.name,
      payments.paymentRefunded.name,
      payments.paymentAuthorizationExpired.name,
      payments.paymentNeedsAttention.name,
      shipping.shipmentBooked.name,
      shipping.shipmentRefused.name,
      shipping.shipmentDispatched.name,
      shipping.shipmentDelivered.name,
      shipping.shipmentCancelled.name,
      shipping.shipmentCancelRefused.name,
      shipping.shipmentNeedsAttention.name,
    ],
    outcomes: {
      done: [
        orders.orderCompleted.name,
        orders.orderDelivered.name,
        orders.orderCancelled.name,
        orders.orderRejected.name,
        orders.orderCancellationRequested.name,
        orders.orderNeedsAttention.name,
      ],
    },
    // What is delivered earns its customer points.
    besides: [customers.customerTierChanged.name],
    kind: 'compensation',
    guard: { state: 'the order', moves: ['under way', 'asked to be cancelled', 'ended'] },
  },
  {
    // An operator gives an order that needs a person more time, forces its cancellation, or says how it ended.
    service: 'orders',
    name: 'handle-attention',
    key: 'orderId',
    hears: [],
    outcomes: { done: [orders.orderAttentionHandled.name] },
    besides: [
      orders.orderCancellationRequested.name,
      orders.orderCompleted.name,
      orders.orderDelivered.name,
      orders.orderCancelled.name,
      customers.customerTierChanged.name,
    ],
    kind: 'note',
    waits: [
      {
        for: 'shipping to decide a request to cancel against the dispatch',
        until: [shipping.shipmentCancelled.name, shipping.shipmentCancelRefused.name, shipping.shipmentRefused.name],
        deadline: 'order-end-to-end',
      },
    ],
  },
  {
    service: 'orders',
    name: 'keep-customer',
    key: 'customerId',
    hears: [],
    outcomes: {
      done: [
        customers.customerRegistered.name,
        customers.customerContactVerified.name,
        customers.customerContactChanged.name,
        customers.customerSuspended.name,
        customers.customerReactivated.name,
        customers.customerDeactivated.name,
        customers.customerTierChanged.name,
      ],
    },
    kind: 'note',
  },
] as const satisfies readonly Step[];
