import type { IntegrationData } from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';
import { serviceOf, type HeardOfOrder } from './heard-order';
import { knows, type OrderFacts } from './order-facts';
import type { Refunds } from './order-refunds';

/** A call for a person: what was said when it was raised, and when somebody acted on it; either may be heard of first. */
export type AttentionCall = {
  readonly raisedAt?: Instant;
  readonly reason?: string;
  /** The external call that it is about. */
  readonly call?: string;
  readonly refundId?: string;
  readonly handledAt?: Instant;
  /** Until when orders waits for what was done about it. */
  readonly deadlineAt?: Instant;
};

/** The calls for a person about one order, by service and number. */
export type AttentionCalls = { readonly [serviceAndNumber: string]: AttentionCall };

/** Somebody must look at the order, or at something about it that is left after it has ended. */
export type OpenAttention = { readonly service: string; readonly reason: string; readonly since: Instant };

/** Who settled an order by hand, and why. */
export type Resolution = { readonly actor: string; readonly reason: string; readonly at: Instant };

/** Announced before calls were numbered: there was but one. */
const UNNUMBERED = 1;

type NeedsAttention = IntegrationData<'payments.payment-needs-attention.v1'> &
  IntegrationData<'shipping.shipment-needs-attention.v1'>;

/** The calls with what was heard; the very same ones where it is no news. */
export const withAttention = (calls: AttentionCalls, { name, time, data }: HeardOfOrder): AttentionCalls => {
  const service = serviceOf(name);
  if (name.endsWith('-needs-attention.v1')) {
    const { reason, attention = UNNUMBERED, call, refundId } = data as NeedsAttention; // because all of them are alike but for what is optional
    const about = { ...(call === undefined ? {} : { call }), ...(refundId === undefined ? {} : { refundId }) };
    return withCall(calls, `${service}:${attention}`, { raisedAt: time, reason, ...about }, 'raisedAt');
  }
  if (!('attentions' in data)) return calls;
  const deadline = 'deadlineAt' in data && data.deadlineAt !== undefined ? { deadlineAt: data.deadlineAt } : {};
  return data.attentions.reduce(
    (known, number) => withCall(known, `${service}:${number}`, { handledAt: time, ...deadline }, 'handledAt'),
    calls,
  );
};

/** Of two words alike the earlier counts. */
const withCall = (
  calls: AttentionCalls,
  id: string,
  said: AttentionCall,
  moment: 'raisedAt' | 'handledAt',
): AttentionCalls => {
  const known = calls[id] ?? {};
  const [before, now] = [known[moment], said[moment]];
  if (before !== undefined && now !== undefined && before <= now) return calls;
  return sorted({ ...calls, [id]: sorted({ ...known, ...said }) });
};

/** Sorted, so that equal ones are equal as text too, in whatever order they came about. */
const sorted = <Entries extends object>(entries: Entries): Entries =>
  Object.fromEntries(Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1))) as Entries; // because sorting changes no entry

const ENDS = ['order-completed', 'order-delivered', 'order-cancelled', 'order-rejected'] as const;

/** The words that answer a call by themselves, whether anybody acted on it or not. */
const ANSWERS = {
  authorize: ['payment-authorized', 'payment-declined'],
  capture: ['payment-captured'],
  void: ['payment-voided'],
  book: ['shipment-booked', 'shipment-refused'],
} as const;

const isAnswered = (
  service: string,
  { call, refundId }: AttentionCall,
  facts: OrderFacts,
  refunds: Refunds,
): boolean => {
  if (refundId !== undefined) return refunds.some((refund) => refund.refundId === refundId);
  if (service === 'inventory') return knows(facts, 'stock-committed');
  const answers = ANSWERS[call as keyof typeof ANSWERS] as (typeof ANSWERS)[keyof typeof ANSWERS] | undefined; // because other calls have no answer
  if (answers !== undefined) return knows(facts, ...answers);
  return call === undefined && knows(facts, ...ENDS);
};

/** What still needs a person, the newest of each service first. */
export const openAttention = (calls: AttentionCalls, facts: OrderFacts, refunds: Refunds): readonly OpenAttention[] =>
  Object.entries(calls)
    .flatMap(([id, call]) => {
      const [service = '', number] = id.split(':');
      const { raisedAt: since, reason, handledAt } = call;
      if (since === undefined || reason === undefined || handledAt !== undefined) return [];
      return isAnswered(service, call, facts, refunds) ? [] : [{ service, number: Number(number), reason, since }];
    })
    .sort((left, right) =>
      left.service === right.service ? right.number - left.number : left.service < right.service ? -1 : 1,
    )
    .map(({ service, reason, since }) => ({ service, reason, since }));

/** The word of the operator who settled the order; the one that is known where it is no news. */
export const resolutionAfter = (
  known: Resolution | undefined,
  { name, time, data }: HeardOfOrder,
): Resolution | undefined => {
  if (name !== 'orders.order-attention-handled.v1' || data.action !== 'resolved') return known;
  if (known !== undefined && known.at <= time) return known;
  return { actor: data.actor, reason: data.reason, at: time };
};
