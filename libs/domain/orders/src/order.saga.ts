import { accept, isBefore, plusMs, reject, type Decision, type Instant, type Of } from '@murmuration/kernel';
import { contradicts, endingOf, knows, progressOf, silentSteps, type Ending, type OrderFact } from './order.facts';
import type { AttentionSource, CancellationReason, OrderCommand, OrderEvent, OrderRejection } from './order.messages';
import { standingOf, type Order, type PlacedOrder } from './order.state';

type OrderDecision = Decision<OrderEvent, OrderRejection>;

export const recordFact = ({ orderId, fact, now }: Of<OrderCommand, 'RecordFact'>, order: Order): OrderDecision => {
  if (order.stage === 'absent') return reject({ type: 'OrderNotFound', orderId });
  if (order.stage !== 'placed') return reject({ type: 'OrderNotSubmitted', orderId });
  if (isKnown(order, fact)) return accept();
  const { ending } = order;
  if (ending !== undefined && contradicts(fact.fact, ending))
    return reject({ type: 'FactContradictsEnd', fact: fact.fact, status: ending.status });
  if (ending !== undefined && ending.status !== 'completed') return accept();
  const after: PlacedOrder = { ...order, facts: { ...order.facts, [fact.fact]: fact } };
  return accept<OrderEvent>(
    { type: 'OrderFactHeard', orderId, fact, heardAt: now },
    ...consequences(orderId, fact, after, now),
  );
};

/** Hearing the same thing again is no news; a service may need attention for one reason after another. */
const isKnown = ({ facts }: PlacedOrder, fact: OrderFact): boolean => {
  const known = facts[fact.fact];
  if (known === undefined) return false;
  if (!(fact.fact in ATTENTION) || !('reason' in known) || !('reason' in fact)) return true;
  const number = attentionOf(fact);
  return number === undefined ? known.reason === fact.reason : number <= (attentionOf(known) ?? 0);
};

const attentionOf = (fact: OrderFact): number | undefined => ('attention' in fact ? fact.attention : undefined);

const ATTENTION: { readonly [Name in OrderFact['fact']]?: AttentionSource } = {
  'stock-needs-attention': 'inventory',
  'payment-needs-attention': 'payments',
  'shipment-needs-attention': 'shipping',
};

const EXPIRIES: { readonly [Name in OrderFact['fact']]?: CancellationReason } = {
  'stock-hold-expired': 'stock-hold-expired',
  'payment-authorization-expired': 'authorization-expired',
};

const consequences = (orderId: string, fact: OrderFact, order: PlacedOrder, now: Instant): readonly OrderEvent[] => {
  if (order.ending !== undefined)
    return knows(order.facts, 'shipment-delivered') ? [{ type: 'OrderDelivered', orderId, deliveredAt: now }] : [];
  const ending = endingOf(order.facts, order.cancellation);
  if (ending !== undefined) return eventsOfEnding(orderId, ending, now);
  const source = ATTENTION[fact.fact];
  if (source !== undefined && 'reason' in fact) return [needsAttention(orderId, source, fact.reason, order, now)];
  const expiry = EXPIRIES[fact.fact];
  return expiry !== undefined && mayStillCancel(order) ? [cancellation(orderId, expiry, order, now)] : [];
};

const eventsOfEnding = (orderId: string, ending: Ending, now: Instant): readonly OrderEvent[] => {
  switch (ending.status) {
    case 'rejected':
      return [{ type: 'OrderRejected', orderId, reason: ending.reason, skus: ending.skus, rejectedAt: now }];
    case 'cancelled': {
      const { status: _, ...why } = ending;
      return [{ type: 'OrderCancelled', orderId, ...why, cancelledAt: now }];
    }
    case 'completed':
      return [{ type: 'OrderCompleted', orderId, completedAt: now }];
    case 'delivered':
      return [
        { type: 'OrderCompleted', orderId, completedAt: now },
        { type: 'OrderDelivered', orderId, deliveredAt: now },
      ];
  }
};

/** Asks for an end; shipping decides it against the dispatch. */
export const requestCancellation = (
  { orderId, reason, now }: Of<OrderCommand, 'RequestCancellation'>,
  order: Order,
): OrderDecision => {
  switch (order.stage) {
    case 'absent':
      return reject({ type: 'OrderNotFound', orderId });
    case 'draft':
      return accept({ type: 'OrderDiscarded', orderId, reason, discardedAt: now });
    case 'discarded':
      return accept();
    case 'placed': {
      const { status } = standingOf(order);
      if (status === 'rejected' || status === 'cancelled')
        return reject({ type: 'OrderAlreadyClosed', orderId, status });
      if (hasLeft(order)) return reject({ type: 'OrderAlreadyShipped', orderId, status });
      return mayStillCancel(order) ? accept(cancellation(orderId, reason, order, now)) : accept();
    }
  }
};

/** Looks at an order whose time is up: first it is asked to be cancelled, then a person is called. */
export const enforceDeadline = (
  { orderId, dueAt, now }: Of<OrderCommand, 'EnforceDeadline'>,
  order: Order,
): OrderDecision => {
  if (order.stage !== 'placed' || order.ending !== undefined) return accept();
  // A deadline that another has taken the place of.
  if (isBefore(dueAt, order.deadlineAt)) return accept();
  if (mayStillCancel(order)) return accept(cancellation(orderId, 'deadline-exceeded', order, now));
  if (order.attention.deadline !== undefined) return accept();
  const silent = silentSteps(order.facts, order.cancellation !== undefined);
  const reason = `no answer before the deadline from ${silent.map(([service, step]) => `${service} (${step})`).join(' and ')}`;
  return accept(needsAttention(orderId, 'deadline', reason, order, now));
};

const needsAttention = (
  orderId: string,
  source: AttentionSource,
  reason: string,
  { attentions }: PlacedOrder,
  now: Instant,
): OrderEvent => ({ type: 'OrderNeedsAttention', orderId, source, reason, since: now, attention: attentions + 1 });

/** The parcel has left, or shipping has said that it will. */
export const hasLeft = ({ facts, ending }: PlacedOrder): boolean =>
  ending !== undefined ||
  progressOf(facts) === 'shipped' ||
  knows(facts, 'shipment-dispatched', 'shipment-delivered', 'shipment-cancel-refused');

/** False too when the order is on its way back already, for then there is nothing left to ask for. */
const mayStillCancel = (order: PlacedOrder): boolean =>
  order.cancellation === undefined && !hasLeft(order) && progressOf(order.facts) !== 'compensating';

export const cancellation = (
  orderId: string,
  reason: CancellationReason,
  { patienceMs }: PlacedOrder,
  now: Instant,
): OrderEvent => ({
  type: 'OrderCancellationRequested',
  orderId,
  reason,
  requestedAt: now,
  deadlineAt: plusMs(now, patienceMs),
});
