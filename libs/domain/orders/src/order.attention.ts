import { accept, plusMs, reject, type Decision, type Of } from '@murmuration/kernel';
import { knows, progressOf } from './order.facts';
import type { OrderCommand, OrderEvent, OrderRejection } from './order.messages';
import { cancellation, hasLeft } from './order.saga';
import { openAttentions, standingOf, type Order, type PlacedOrder } from './order.state';

type OrderDecision = Decision<OrderEvent, OrderRejection>;
type ByHand = Of<OrderCommand, 'RetryOrder' | 'ForceCancellation' | 'ResolveOrder'>;

/** Waits once more, for as long as before, and repeats a request to cancel that nobody has answered. */
export const retryOrder = (command: Of<OrderCommand, 'RetryOrder'>, order: Order): OrderDecision => {
  const { accepted, rejected } = inNeed(command, order);
  if (rejected) return reject(rejected);
  const [stuck] = accepted;
  if (stuck === undefined) return accept();
  const { orderId, now } = command;
  const retried = { type: 'OrderAttentionRetried', orderId, ...handling(command, stuck) } as const;
  return isUnanswered(stuck) && stuck.cancellation !== undefined
    ? accept<OrderEvent>(retried, cancellation(orderId, stuck.cancellation, stuck, now))
    : accept(retried);
};

/** Asks shipping to cancel, whatever was asked before; the order is cancelled when everything is undone, and not before. */
export const forceCancellation = (command: Of<OrderCommand, 'ForceCancellation'>, order: Order): OrderDecision => {
  const { accepted, rejected } = inNeed(command, order);
  if (rejected) return reject(rejected);
  const [stuck] = accepted;
  if (stuck === undefined) return accept();
  const { orderId, now } = command;
  if (hasLeft(stuck)) return reject({ type: 'OrderAlreadyShipped', orderId, status: progressOf(stuck.facts) });
  const forced = { type: 'OrderCancellationForced', orderId, ...handling(command, stuck) } as const;
  return isUnanswered(stuck)
    ? accept<OrderEvent>(forced, cancellation(orderId, stuck.cancellation ?? 'operator-requested', stuck, now))
    : accept(forced);
};

/** Takes an operator's word for how an order has ended, where nothing that is still under way can contradict it. */
export const resolveOrder = (command: Of<OrderCommand, 'ResolveOrder'>, order: Order): OrderDecision => {
  const { accepted, rejected } = inNeed(command, order);
  if (rejected) return reject(rejected);
  const [stuck] = accepted;
  if (stuck === undefined) return accept();
  const { orderId, outcome, actor, reason, now } = command;
  const because = whyUnsafe(outcome, stuck);
  if (because !== undefined) return reject({ type: 'OutcomeUnsafe', outcome, because });
  const attentions = numbersOf(stuck);
  const resolved = {
    type: 'OrderAttentionResolved',
    orderId,
    outcome,
    attentions,
    actor,
    reason,
    resolvedAt: now,
  } as const;
  if (outcome === 'cancelled') {
    const why = { reason: stuck.cancellation ?? 'operator-requested', detail: reason } as const;
    return accept<OrderEvent>(resolved, { type: 'OrderCancelled', orderId, ...why, cancelledAt: now });
  }
  const completed = { type: 'OrderCompleted', orderId, completedAt: now } as const;
  return knows(stuck.facts, 'shipment-delivered')
    ? accept<OrderEvent>(resolved, completed, { type: 'OrderDelivered', orderId, deliveredAt: now })
    : accept<OrderEvent>(resolved, completed);
};

/** The order, if a person was called for it and nobody has acted since; none where just this was said before. */
const inNeed = (command: ByHand, order: Order): Decision<PlacedOrder, OrderRejection> => {
  const { orderId } = command;
  if (order.stage === 'absent') return reject({ type: 'OrderNotFound', orderId });
  if (order.stage !== 'placed') return reject({ type: 'OrderNotSubmitted', orderId });
  const { ending, resolution } = order;
  if (openAttentions(order.attention).length > 0 && ending === undefined) return accept(order);
  const isRepeated =
    command.type === 'ResolveOrder' &&
    resolution !== undefined &&
    (ending?.status === 'cancelled') === (command.outcome === 'cancelled');
  return isRepeated ? accept() : reject({ type: 'NothingNeedsAttention', orderId, status: standingOf(order).status });
};

const numbersOf = ({ attention }: PlacedOrder): readonly number[] =>
  openAttentions(attention)
    .map((open) => open.attention)
    .sort((left, right) => left - right);

const handling = ({ actor, reason, now }: ByHand, order: PlacedOrder) => ({
  ...{ attentions: numbersOf(order), actor, reason, handledAt: now },
  deadlineAt: plusMs(now, order.patienceMs),
});

/** Shipping has neither cancelled nor refused to, and nothing else is on its way back. */
const isUnanswered = (order: PlacedOrder): boolean => !hasLeft(order) && progressOf(order.facts) !== 'compensating';

const whyUnsafe = (outcome: 'completed' | 'cancelled', order: PlacedOrder): string | undefined => {
  if (outcome === 'completed')
    return knows(order.facts, 'shipment-dispatched', 'shipment-delivered') ? undefined : 'the parcel has not left';
  if (hasLeft(order)) return 'the parcel has left';
  return isUnanswered(order) ? 'the parcel may still leave: force the cancellation first' : undefined;
};
