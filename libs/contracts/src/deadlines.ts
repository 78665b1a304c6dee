import type { IntegrationEventName } from './catalogue';
import type { ServiceName } from './event-contract';
import * as inventory from './inventory.events';
import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';

/** What ends a wait that nobody ends: whose clock it is, how long it gives, and what is said when it is over. */
export type Deadline = {
  readonly name: string;
  readonly service: ServiceName;
  /**
   * A `timer` is stored with the state that waits, in one append, under `<key>:<id>`. A `budget` bounds how long an external
   * call may go without a clear answer; its `key` is unused by the service and only names it.
   */
  readonly kind: 'timer' | 'budget';
  readonly key: string;
  readonly lengthMs: number;
  /** Where the length comes from. */
  readonly setBy: string;
  /** What is said when it fires and the wait has not ended; the first of them first, the next when it fires again. */
  readonly fires: readonly IntegrationEventName[];
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const declared = [
  {
    name: 'order-end-to-end',
    service: 'orders',
    kind: 'timer',
    key: 'order-deadline',
    lengthMs: 15 * MINUTE_MS,
    setBy: 'ORDER_DEADLINE_MS of orders: from submit, and once more from the request to cancel',
    fires: [orders.orderCancellationRequested.name, orders.orderNeedsAttention.name],
  },
  {
    name: 'stock-hold',
    service: 'inventory',
    kind: 'timer',
    key: 'stock-hold',
    lengthMs: HOUR_MS,
    setBy: 'STOCK_HOLD_MS of inventory',
    fires: [inventory.stockHoldExpired.name],
  },
  {
    name: 'payment-authorization',
    service: 'payments',
    kind: 'timer',
    key: 'authorization',
    lengthMs: 7 * DAY_MS,
    setBy: 'the payment provider, with each authorisation; this is what the simulated one gives',
    fires: [payments.paymentAuthorizationExpired.name],
  },
  {
    name: 'provider-answer',
    service: 'payments',
    kind: 'budget',
    key: 'provider-answer',
    lengthMs: 6 * HOUR_MS,
    setBy: 'budgetMs of the effect runner',
    fires: [payments.paymentNeedsAttention.name],
  },
  {
    name: 'carrier-answer',
    service: 'shipping',
    kind: 'budget',
    key: 'carrier-answer',
    lengthMs: 6 * HOUR_MS,
    setBy: 'budgetMs of the effect runner',
    fires: [shipping.shipmentNeedsAttention.name],
  },
] as const satisfies readonly Deadline[];

export type DeadlineName = (typeof declared)[number]['name'];

/** Every deadline of the choreography. */
export const DEADLINES: readonly Deadline[] = declared;
