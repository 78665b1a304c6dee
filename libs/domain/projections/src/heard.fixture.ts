import { contractOf, type Heard, type IntegrationData } from '@murmuration/contracts';
import { instant, plusMs, type Instant } from '@murmuration/kernel';
import fc from 'fast-check';
import { serviceOf, wordOf, type OrderEventName, type OrderWord } from './heard-order';

export const START = instant('2026-03-01T09:30:00.000Z');
export const ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';

export const at = (seconds: number): Instant => plusMs(START, seconds * 1000);

/** The contract's example, with other data laid over it, as it was heard so many seconds after the start. */
export const heard = <Name extends OrderEventName>(
  name: Name,
  seconds = 0,
  data: Partial<IntegrationData<Name>> = {},
  id = `${name}@${seconds}`,
): Heard => ({
  id,
  name,
  source: serviceOf(name),
  subject: ORDER,
  time: at(seconds),
  correlationId: ORDER,
  causationId: 'c-1',
  hop: seconds,
  data: { ...(contractOf(name)?.example as object), ...data } as Heard['data'],
});

const NAMES: { readonly [Word in OrderWord]?: OrderEventName } = Object.fromEntries(
  (
    [
      ...[
        'submitted',
        'cancellation-requested',
        'completed',
        'delivered',
        'cancelled',
        'rejected',
        'needs-attention',
        'attention-handled',
      ].map((word) => `orders.order-${word}.v1`),
      ...[
        ...['reserved', 'refused', 'released', 'committed', 'hold-expired', 'needs-attention', 'attention-handled'],
      ].map((word) => `inventory.stock-${word}.v1`),
      ...[
        ...['authorized', 'declined', 'captured', 'voided', 'refunded', 'authorization-expired'],
        ...['needs-attention', 'attention-handled'],
      ].map((word) => `payments.payment-${word}.v1`),
      ...[
        ...['booked', 'refused', 'dispatched', 'delivered', 'cancelled', 'cancel-refused'],
        ...['needs-attention', 'attention-handled'],
      ].map((word) => `shipping.shipment-${word}.v1`),
    ] as OrderEventName[]
  ).map((name) => [wordOf(name), name]),
);

export const EVENT_NAMES = Object.values(NAMES);

/** A run of words, one a second. */
export const run = (...words: readonly OrderWord[]): readonly Heard[] =>
  words.map((word, seconds) => heard(NAMES[word]!, seconds));

const FORWARD = ['order-submitted', 'stock-reserved', 'payment-authorized', 'shipment-booked'] as const;
const REQUESTED = ['order-submitted', 'order-cancellation-requested', 'shipment-cancelled'] as const;

const CAPTURE_STUCK = { call: 'capture', attention: 1 } as const;
/** The parcel has left, and the provider does not capture. */
const UNPAID: readonly Heard[] = [
  ...run(...FORWARD, 'shipment-dispatched', 'stock-committed'),
  heard('payments.payment-needs-attention.v1', 6, CAPTURE_STUCK),
  heard('orders.order-needs-attention.v1', 7, { attention: 1 }),
];
const SHIPPED = run(...FORWARD, ...(['shipment-dispatched', 'payment-captured', 'stock-committed'] as const));

/** What operators do about orders that need a person, and refunds in parts. */
const HANDLED: readonly { readonly ends: string; readonly heard: readonly Heard[] }[] = [
  {
    ends: 'completed',
    heard: [
      ...UNPAID,
      heard('payments.payment-attention-handled.v1', 8, { ...CAPTURE_STUCK, action: 'retried', attentions: [1] }),
      heard('orders.order-attention-handled.v1', 9, { action: 'retried', attentions: [1] }),
      heard('payments.payment-needs-attention.v1', 10, { call: 'capture', attention: 2 }),
      heard('orders.order-needs-attention.v1', 11, { attention: 2 }),
      heard('payments.payment-captured.v1', 12),
      heard('orders.order-completed.v1', 13),
    ],
  },
  {
    ends: 'completed',
    heard: [
      ...UNPAID,
      heard('payments.payment-attention-handled.v1', 8, {
        ...CAPTURE_STUCK,
        ...{ action: 'resolved', outcome: 'not-done', attentions: [1], writtenOffMinor: 7870 },
      }),
      heard('orders.order-attention-handled.v1', 9, { action: 'resolved', outcome: 'completed', attentions: [1] }),
      heard('orders.order-completed.v1', 10),
    ],
  },
  {
    ends: 'cancelled',
    heard: [
      ...run(...FORWARD, 'order-cancellation-requested'),
      heard('orders.order-needs-attention.v1', 6, { attention: 1 }),
      heard('orders.order-attention-handled.v1', 7, { action: 'cancellation-forced', attentions: [1] }),
      heard('orders.order-cancellation-requested.v1', 8),
      heard('shipping.shipment-cancelled.v1', 9),
      heard('payments.payment-voided.v1', 10),
      heard('inventory.stock-released.v1', 11),
      heard('orders.order-cancelled.v1', 12, { reason: 'customer-requested' }),
    ],
  },
  {
    ends: 'cancelled',
    heard: [
      ...run(...FORWARD, 'order-cancellation-requested', 'shipment-cancelled'),
      heard('orders.order-needs-attention.v1', 7, { attention: 1 }),
      heard('orders.order-attention-handled.v1', 8, { action: 'resolved', outcome: 'cancelled', attentions: [1] }),
      heard('orders.order-cancelled.v1', 9, { reason: 'customer-requested', detail: 'voided by hand' }),
    ],
  },
  {
    ends: 'needs-attention',
    heard: [
      ...UNPAID,
      heard('orders.order-attention-handled.v1', 8, { action: 'retried', attentions: [1] }),
      heard('orders.order-needs-attention.v1', 9, { attention: 2, reason: 'still no capture' }),
    ],
  },
  {
    ends: 'delivered',
    heard: [
      ...SHIPPED,
      ...[heard('orders.order-completed.v1', 7), heard('shipping.shipment-delivered.v1', 8)],
      heard('orders.order-delivered.v1', 9),
      heard('payments.payment-refunded.v1', 10, { cause: 'return', refundId: 'r-1', amountMinor: 870 }),
      heard('payments.payment-needs-attention.v1', 11, { call: 'refund', refundId: 'r-2', attention: 1 }),
      heard('payments.payment-attention-handled.v1', 12, { action: 'retried', attentions: [1], refundId: 'r-2' }),
      heard('payments.payment-refunded.v1', 13, { cause: 'return', refundId: 'r-2', amountMinor: 1000 }),
    ],
  },
];

/** All that is said of one order, for each way that it can take. */
export const RUNS: readonly { readonly ends: string; readonly heard: readonly Heard[] }[] = [
  {
    ends: 'delivered',
    heard: run(
      ...FORWARD,
      ...(['shipment-dispatched', 'payment-captured', 'stock-committed', 'order-completed'] as const),
      ...(['shipment-delivered', 'order-delivered'] as const),
    ),
  },
  {
    ends: 'delivered',
    heard: run(
      ...(['order-submitted', 'stock-reserved', 'payment-authorized', 'payment-captured', 'shipment-booked'] as const),
      ...(['order-cancellation-requested', 'shipment-dispatched', 'shipment-cancel-refused'] as const),
      ...(['stock-committed', 'order-completed', 'shipment-delivered', 'order-delivered'] as const),
    ),
  },
  {
    ends: 'completed',
    heard: run(...FORWARD, 'shipment-dispatched', 'payment-captured', 'stock-committed', 'order-completed'),
  },
  { ends: 'rejected', heard: run('order-submitted', 'stock-refused', 'order-rejected') },
  {
    ends: 'rejected',
    heard: [
      ...run('order-submitted', 'stock-refused', 'order-cancellation-requested', 'order-rejected'),
      heard('shipping.shipment-cancelled.v1', 4, { held: false }),
      heard('payments.payment-voided.v1', 5, { held: false, amountMinor: 0 }),
      heard('inventory.stock-released.v1', 6, { held: false }),
    ],
  },
  {
    ends: 'cancelled',
    heard: run('order-submitted', 'stock-reserved', 'payment-declined', 'stock-released', 'order-cancelled'),
  },
  {
    ends: 'cancelled',
    heard: run(
      ...(['order-submitted', 'stock-reserved', 'payment-authorized', 'shipment-refused'] as const),
      ...(['payment-voided', 'stock-released', 'order-cancelled'] as const),
    ),
  },
  {
    ends: 'cancelled',
    heard: run(
      ...(['order-submitted', 'stock-reserved', 'payment-authorized', 'payment-captured', 'shipment-refused'] as const),
      ...(['payment-refunded', 'stock-released', 'order-cancelled'] as const),
    ),
  },
  {
    ends: 'cancelled',
    heard: run(...FORWARD, ...REQUESTED.slice(1), 'payment-voided', 'stock-released', 'order-cancelled'),
  },
  {
    ends: 'cancelled',
    heard: [
      ...run(...REQUESTED),
      heard('payments.payment-voided.v1', 3, { held: false, amountMinor: 0 }),
      heard('inventory.stock-released.v1', 4, { held: false }),
      heard('orders.order-cancelled.v1', 5, { reason: 'customer-requested' }),
    ],
  },
  {
    ends: 'needs-attention',
    heard: run(
      ...FORWARD,
      'shipment-dispatched',
      'stock-committed',
      'payment-needs-attention',
      'order-needs-attention',
    ),
  },
  ...HANDLED,
];

/** All of a run in any order at all, some of it several times. */
export const anyOrderOf = (events: readonly Heard[]): fc.Arbitrary<readonly Heard[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...events], { minLength: events.length }),
      fc.array(fc.record({ event: fc.constantFrom(...events), to: fc.nat(events.length) })),
    )
    .map(([shuffled, again]) =>
      again.reduce<readonly Heard[]>(
        (list, { event, to }) => [...list.slice(0, to), event, ...list.slice(to)],
        shuffled,
      ),
    );
