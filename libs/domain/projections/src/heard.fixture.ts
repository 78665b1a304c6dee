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
      ].map((word) => `orders.order-${word}.v1`),
      ...['reserved', 'refused', 'released', 'committed', 'hold-expired', 'needs-attention'].map(
        (word) => `inventory.stock-${word}.v1`,
      ),
      ...['authorized', 'declined', 'captured', 'voided', 'refunded', 'authorization-expired', 'needs-attention'].map(
        (word) => `payments.payment-${word}.v1`,
      ),
      ...['booked', 'refused', 'dispatched', 'delivered', 'cancelled', 'cancel-refused', 'needs-attention'].map(
        (word) => `shipping.shipment-${word}.v1`,
      ),
    ] as OrderEventName[]
  ).map((name) => [wordOf(name), name]),
);

export const EVENT_NAMES = Object.values(NAMES);

/** A run of words, one a second. */
export const run = (...words: readonly OrderWord[]): readonly Heard[] =>
  words.map((word, seconds) => heard(NAMES[word]!, seconds));

const FORWARD = ['order-submitted', 'stock-reserved', 'payment-authorized', 'shipment-booked'] as const;
const REQUESTED = ['order-submitted', 'order-cancellation-requested', 'shipment-cancelled'] as const;

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
