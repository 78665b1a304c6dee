import { instant, type Instant } from '@murmuration/kernel';
import type { FactName, OrderFact } from './order.facts';
import type { OrderCommand, OrderEvent, Resolution } from './order.messages';
import type { Of } from '@murmuration/kernel';

export const now = instant('2026-03-01T09:30:00.000Z');
export const deadlineAt = instant('2026-03-01T09:45:00.000Z');
export const laterDeadlineAt = instant('2026-03-01T09:55:00.000Z');
/** When others are heard, ten minutes after submit. */
export const later = instant('2026-03-01T09:40:00.000Z');
export const orderId = 'o-1';
export const customerId = 'c-1001';
export const deadlineMs = 15 * 60 * 1000;

export const kettles = { sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 };
export const tea = { sku: 'TEA-ASSAM', quantity: 1, unitPriceMinor: 890 };

export const basket = {
  customerId,
  currency: 'EUR',
  paymentToken: 'tok_ok',
  shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' },
  lines: [kettles, tea],
} as const;

export const drafted: OrderEvent = { type: 'OrderDrafted', orderId, ...basket, draftedAt: now };
export const discarded: OrderEvent = {
  type: 'OrderDiscarded',
  orderId,
  reason: 'customer-requested',
  discardedAt: now,
};
export const submitted: Of<OrderEvent, 'OrderSubmitted'> = {
  type: 'OrderSubmitted',
  orderId,
  ...basket,
  totalMinor: 7870,
  submittedAt: now,
  deadlineAt,
};

const WORDS: { readonly [Name in FactName]?: OrderFact } = {
  'stock-refused': { fact: 'stock-refused', reason: 'out-of-stock', skus: ['KETTLE-1L'] },
  'payment-declined': { fact: 'payment-declined', reason: 'insufficient_funds' },
  'shipment-refused': { fact: 'shipment-refused', reason: 'country_not_served' },
  'stock-needs-attention': { fact: 'stock-needs-attention', reason: 'the hold was gone' },
  'payment-needs-attention': { fact: 'payment-needs-attention', reason: 'no answer to the void' },
  'shipment-needs-attention': { fact: 'shipment-needs-attention', reason: 'no answer to the booking' },
};

export const factOf = (name: FactName): OrderFact => WORDS[name] ?? ({ fact: name } as OrderFact);

export const hear = (fact: FactName | OrderFact): Of<OrderCommand, 'RecordFact'> => ({
  type: 'RecordFact',
  orderId,
  fact: typeof fact === 'string' ? factOf(fact) : fact,
  now: later,
});

export const heard = (fact: FactName | OrderFact): OrderEvent => ({
  type: 'OrderFactHeard',
  orderId,
  fact: typeof fact === 'string' ? factOf(fact) : fact,
  heardAt: later,
});

export const cancel: Of<OrderCommand, 'RequestCancellation'> = {
  type: 'RequestCancellation',
  orderId,
  reason: 'customer-requested',
  now: later,
};

export const cancellationRequested: Of<OrderEvent, 'OrderCancellationRequested'> = {
  type: 'OrderCancellationRequested',
  orderId,
  reason: 'customer-requested',
  requestedAt: later,
  deadlineAt: laterDeadlineAt,
};

export const completed: OrderEvent = { type: 'OrderCompleted', orderId, completedAt: later };
export const delivered: OrderEvent = { type: 'OrderDelivered', orderId, deliveredAt: later };
export const rejected: OrderEvent = {
  type: 'OrderRejected',
  orderId,
  reason: 'out-of-stock',
  skus: ['KETTLE-1L'],
  rejectedAt: later,
};
export const declinedEnd: OrderEvent = {
  type: 'OrderCancelled',
  orderId,
  reason: 'payment-declined',
  detail: 'insufficient_funds',
  cancelledAt: later,
};

/** An order that went all the way to the customer's door but for the last word. */
export const shippedBut = (missing: FactName): readonly OrderEvent[] => [
  submitted,
  ...(['stock-reserved', 'payment-authorized', 'shipment-booked', 'shipment-dispatched'] as const)
    .filter((name) => name !== missing)
    .map(heard),
  ...(['payment-captured', 'stock-committed'] as const).filter((name) => name !== missing).map(heard),
];

export const deadlineFires = (dueAt: Instant, firedAt: Instant = later): Of<OrderCommand, 'EnforceDeadline'> => ({
  type: 'EnforceDeadline',
  orderId,
  dueAt,
  now: firedAt,
});

export const mira = { actor: 'mira', reason: 'spoke to the carrier' } as const;
export const retry: OrderCommand = { type: 'RetryOrder', orderId, now: later, ...mira };
export const force: OrderCommand = { type: 'ForceCancellation', orderId, now: later, ...mira };
export const resolve = (outcome: Resolution): OrderCommand => ({
  ...{ type: 'ResolveOrder', orderId, now: later, outcome, ...mira },
});

/** A person was called because nobody answered in time. */
export const overdue: OrderEvent = {
  type: 'OrderNeedsAttention',
  orderId,
  source: 'deadline',
  reason: 'no answer before the deadline from shipping (cancel-shipment)',
  since: later,
  attention: 1,
};
export const retried: OrderEvent = {
  ...{ type: 'OrderAttentionRetried', orderId, attentions: [1], ...mira },
  ...{ handledAt: later, deadlineAt: laterDeadlineAt },
};
export const forced: OrderEvent = { ...retried, type: 'OrderCancellationForced' };
export const resolvedAs = (outcome: Resolution): OrderEvent => ({
  ...{ type: 'OrderAttentionResolved', orderId, outcome, attentions: [1], ...mira, resolvedAt: later },
});
