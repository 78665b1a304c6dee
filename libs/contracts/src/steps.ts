import type { IntegrationEventName } from './catalogue';
import type { ServiceName } from './event-contract';
import * as inventory from './inventory.events';
import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';

/** An external call that a step makes: what identifies it at the other side, and how its outcome is asked for when it is unknown. */
export type ExternalEffect = {
  readonly port: 'payment-provider' | 'carrier';
  readonly idempotencyKey: string;
  readonly query: string;
};

/** One step of the choreography: what a service does on hearing an event, or on a command from outside (`hears` is empty). */
export type Step = {
  readonly service: ServiceName;
  readonly name: string;
  readonly hears: readonly IntegrationEventName[];
  readonly outcomes: {
    readonly done: readonly IntegrationEventName[];
    readonly refused?: readonly IntegrationEventName[];
    /** Said when the outcome stays unknown for longer than anybody may wait. */
    readonly unknown?: readonly IntegrationEventName[];
  };
  readonly kind: 'note' | 'compensatable' | 'pivot' | 'retriable' | 'compensation';
  /** The step of the same service that undoes this one. */
  readonly undoneBy?: string;
  /** Ends every wait that this step begins. */
  readonly deadline?: { readonly name: string; readonly fires: readonly IntegrationEventName[] };
  readonly effect?: ExternalEffect;
};

const orderSteps = [
  {
    service: 'orders',
    name: 'submit-order',
    hears: [],
    outcomes: { done: [orders.orderSubmitted.name] },
    kind: 'compensatable',
    undoneBy: 'follow-progress',
    deadline: {
      name: 'order-end-to-end',
      fires: [orders.orderCancellationRequested.name, orders.orderNeedsAttention.name],
    },
  },
  {
    service: 'orders',
    name: 'request-cancellation',
    hears: [],
    outcomes: { done: [orders.orderCancellationRequested.name] },
    kind: 'note',
    deadline: { name: 'order-end-to-end', fires: [orders.orderNeedsAttention.name] },
  },
  {
    service: 'orders',
    name: 'follow-progress',
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
    kind: 'compensation',
  },
] as const satisfies readonly Step[];

const inventorySteps = [
  {
    service: 'inventory',
    name: 'reserve-stock',
    hears: [orders.orderSubmitted.name],
    outcomes: { done: [inventory.stockReserved.name], refused: [inventory.stockRefused.name] },
    kind: 'compensatable',
    undoneBy: 'release-stock',
    deadline: { name: 'stock-hold', fires: [inventory.stockHoldExpired.name] },
  },
  {
    service: 'inventory',
    name: 'release-stock',
    hears: [payments.paymentDeclined.name, payments.paymentVoided.name, payments.paymentRefunded.name],
    outcomes: { done: [inventory.stockReleased.name] },
    kind: 'compensation',
  },
  {
    service: 'inventory',
    name: 'commit-stock',
    hears: [shipping.shipmentDispatched.name],
    outcomes: { done: [inventory.stockCommitted.name], unknown: [inventory.stockNeedsAttention.name] },
    kind: 'retriable',
  },
] as const satisfies readonly Step[];

const paymentSteps = [
  {
    service: 'payments',
    name: 'note-order',
    hears: [orders.orderSubmitted.name],
    outcomes: { done: [] },
    kind: 'note',
  },
  {
    service: 'payments',
    name: 'authorize-payment',
    hears: [inventory.stockReserved.name],
    outcomes: {
      done: [payments.paymentAuthorized.name],
      refused: [payments.paymentDeclined.name],
      unknown: [payments.paymentNeedsAttention.name],
    },
    kind: 'compensatable',
    undoneBy: 'undo-payment',
    deadline: { name: 'payment-authorization', fires: [payments.paymentAuthorizationExpired.name] },
    effect: {
      port: 'payment-provider',
      idempotencyKey: 'authorize:<orderId>',
      query: 'find a charge by its idempotency key',
    },
  },
  {
    service: 'payments',
    name: 'undo-payment',
    hears: [shipping.shipmentRefused.name, shipping.shipmentCancelled.name],
    outcomes: {
      done: [payments.paymentVoided.name, payments.paymentRefunded.name],
      unknown: [payments.paymentNeedsAttention.name],
    },
    kind: 'compensation',
    effect: {
      port: 'payment-provider',
      idempotencyKey: 'void:<orderId> or refund:<orderId>:undo',
      query: 'find a charge by its idempotency key',
    },
  },
  {
    service: 'payments',
    name: 'capture-payment',
    hears: [shipping.shipmentDispatched.name],
    outcomes: { done: [payments.paymentCaptured.name], unknown: [payments.paymentNeedsAttention.name] },
    kind: 'retriable',
    effect: {
      port: 'payment-provider',
      idempotencyKey: 'capture:<orderId>',
      query: 'find a charge by its idempotency key',
    },
  },
] as const satisfies readonly Step[];

const shippingSteps = [
  {
    service: 'shipping',
    name: 'note-order',
    hears: [orders.orderSubmitted.name],
    outcomes: { done: [] },
    kind: 'note',
  },
  {
    service: 'shipping',
    name: 'book-shipment',
    hears: [payments.paymentAuthorized.name],
    outcomes: {
      done: [shipping.shipmentBooked.name],
      refused: [shipping.shipmentRefused.name],
      unknown: [shipping.shipmentNeedsAttention.name],
    },
    kind: 'compensatable',
    undoneBy: 'cancel-shipment',
    effect: { port: 'carrier', idempotencyKey: 'book:<orderId>', query: 'find a booking by its client reference' },
  },
  {
    service: 'shipping',
    name: 'cancel-shipment',
    hears: [orders.orderCancellationRequested.name],
    outcomes: { done: [shipping.shipmentCancelled.name], refused: [shipping.shipmentCancelRefused.name] },
    kind: 'compensation',
    effect: { port: 'carrier', idempotencyKey: 'cancel:<orderId>', query: 'find a booking by its client reference' },
  },
  {
    service: 'shipping',
    name: 'dispatch-shipment',
    hears: [],
    outcomes: { done: [shipping.shipmentDispatched.name] },
    kind: 'pivot',
  },
  {
    service: 'shipping',
    name: 'deliver-shipment',
    hears: [],
    outcomes: { done: [shipping.shipmentDelivered.name] },
    kind: 'retriable',
  },
] as const satisfies readonly Step[];

/** The whole choreography, declared once. Projections hear every event and take no step. */
export const STEPS = {
  orders: orderSteps,
  inventory: inventorySteps,
  payments: paymentSteps,
  shipping: shippingSteps,
} as const;

export type StepName<Service extends keyof typeof STEPS> = (typeof STEPS)[Service][number]['name'];

/** The events that a service's steps hear: each is heard by exactly one step of that service. */
export type HeardBy<Service extends keyof typeof STEPS> = (typeof STEPS)[Service][number]['hears'][number];
