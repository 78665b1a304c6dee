import type { OperatorWord, OrderLine } from '@murmuration/contracts';
import { assert, epochMs, unreachable, type Currency, type Instant, type Of } from '@murmuration/kernel';
import { progressOf, type Ending, type Facts, type Progress } from './order.facts';
import { withLine, withoutLine } from './order.lines';
import type { AttentionSource, Basket, CancellationReason, OrderEvent } from './order.messages';

export type PlacedOrder = {
  readonly kind: 'order';
  readonly stage: 'placed';
  readonly customerId: string;
  readonly currency: Currency;
  readonly lines: readonly OrderLine[];
  readonly totalMinor: number;
  readonly submittedAt: Instant;
  /** How long each of the two deadlines gives the others. */
  readonly patienceMs: number;
  readonly deadlineAt: Instant;
  readonly facts: Facts;
  readonly cancellation?: CancellationReason;
  /** Why a person should look at it, in the words of who said so, as far as nobody has acted on it. */
  readonly attention: {
    readonly [Source in AttentionSource]?: { readonly attention: number; readonly reason: string };
  };
  /** How often a person was called. */
  readonly attentions: number;
  /** Who said that it was settled by hand. */
  readonly resolution?: OperatorWord & { readonly resolvedAt: Instant };
  readonly ending?: Ending;
};

/** One order: a draft until it is submitted, from then on what the facts heard make of it. */
export type Order =
  | { readonly kind: 'order'; readonly stage: 'absent' }
  | { readonly kind: 'order'; readonly stage: 'draft'; readonly basket: Basket }
  | { readonly kind: 'order'; readonly stage: 'discarded'; readonly reason: CancellationReason }
  | PlacedOrder;

export type OrderStatus = 'draft' | Progress | Ending['status'] | 'needs-attention';

/** Where an order stands, as customers and operators are told. */
export type Standing = { readonly status: OrderStatus; readonly reason?: string; readonly detail?: string };

export const absentOrder: Order = { kind: 'order', stage: 'absent' };

export const standingOf = (order: Exclude<Order, { readonly stage: 'absent' }>): Standing => {
  switch (order.stage) {
    case 'draft':
      return { status: 'draft' };
    case 'discarded':
      return { status: 'cancelled', reason: order.reason };
    case 'placed':
      return standingOfPlaced(order);
  }
};

const standingOfPlaced = ({ ending, attention, facts }: PlacedOrder): Standing => {
  if (ending?.status === 'rejected') return { status: ending.status, reason: ending.reason };
  if (ending !== undefined) return ending;
  const [newest] = openAttentions(attention);
  return newest === undefined ? { status: progressOf(facts) } : { status: 'needs-attention', reason: newest.reason };
};

/** The calls for a person that nobody has acted on, the newest first. */
export const openAttentions = (attention: PlacedOrder['attention']) =>
  Object.values(attention).sort((left, right) => right.attention - left.attention);

export const evolve = (order: Order, event: OrderEvent): Order => {
  switch (event.type) {
    case 'OrderDrafted': {
      assert(order.stage === 'absent', 'an order is drafted first');
      const { customerId, currency, paymentToken, shipTo, lines } = event;
      return { kind: 'order', stage: 'draft', basket: { customerId, currency, paymentToken, shipTo, lines } };
    }
    case 'OrderLineAdded':
    case 'OrderLineQuantityChanged':
    case 'OrderLineRemoved':
      assert(order.stage === 'draft', 'only a draft has lines that change');
      return { ...order, basket: { ...order.basket, lines: linesAfter(order.basket.lines, event) } };
    case 'OrderDiscarded':
      assert(order.stage === 'draft', 'only a draft is discarded');
      return { kind: 'order', stage: 'discarded', reason: event.reason };
    case 'OrderSubmitted':
      assert(order.stage === 'absent' || order.stage === 'draft', 'an order is submitted once');
      return placed(event);
    case 'OrderFactHeard':
    case 'OrderCancellationRequested':
    case 'OrderNeedsAttention':
    case 'OrderAttentionRetried':
    case 'OrderCancellationForced':
    case 'OrderAttentionResolved':
    case 'OrderCompleted':
    case 'OrderDelivered':
    case 'OrderRejected':
    case 'OrderCancelled':
      assert(order.stage === 'placed', 'only a placed order moves on');
      return evolvePlaced(order, event);
    default:
      return unreachable(event);
  }
};

type LineEvent = Of<OrderEvent, 'OrderLineAdded' | 'OrderLineQuantityChanged' | 'OrderLineRemoved'>;

const linesAfter = (lines: readonly OrderLine[], event: LineEvent): readonly OrderLine[] => {
  if (event.type === 'OrderLineRemoved') return withoutLine(lines, event.sku);
  if (event.type === 'OrderLineQuantityChanged')
    return lines.map((line) => (line.sku === event.sku ? { ...line, quantity: event.quantity } : line));
  const { sku, quantity, unitPriceMinor } = event;
  return withLine(lines, { sku, quantity, unitPriceMinor });
};

const placed = (event: Of<OrderEvent, 'OrderSubmitted'>): PlacedOrder => {
  const { customerId, currency, lines, totalMinor, submittedAt, deadlineAt } = event;
  const patienceMs = epochMs(deadlineAt) - epochMs(submittedAt);
  const order = { customerId, currency, lines, totalMinor, submittedAt, deadlineAt, patienceMs };
  return { kind: 'order', stage: 'placed', ...order, facts: {}, attention: {}, attentions: 0 };
};

type SagaEvent = Exclude<
  OrderEvent,
  LineEvent | { readonly type: 'OrderDrafted' | 'OrderDiscarded' | 'OrderSubmitted' }
>;

const evolvePlaced = (order: PlacedOrder, event: SagaEvent): PlacedOrder => {
  const { ending } = order;
  switch (event.type) {
    case 'OrderFactHeard':
      return { ...order, facts: { ...order.facts, [event.fact.fact]: event.fact } };
    case 'OrderCancellationRequested':
      // Asked for again it is still the first wish that is granted.
      return { ...order, cancellation: order.cancellation ?? event.reason, deadlineAt: event.deadlineAt };
    case 'OrderNeedsAttention': {
      const attentions = order.attentions + 1;
      const raised = { attention: attentions, reason: event.reason };
      return { ...order, attentions, attention: { ...order.attention, [event.source]: raised } };
    }
    case 'OrderAttentionRetried':
    case 'OrderCancellationForced':
      return { ...order, attention: {}, deadlineAt: event.deadlineAt };
    case 'OrderAttentionResolved': {
      const { actor, reason, resolvedAt } = event;
      return { ...order, attention: {}, resolution: { actor, reason, resolvedAt } };
    }
    case 'OrderCompleted':
      assert(ending === undefined, 'an order ends once');
      return { ...order, ending: { status: 'completed' } };
    case 'OrderDelivered':
      assert(ending?.status === 'completed', 'only a completed order is delivered');
      return { ...order, ending: { status: 'delivered' } };
    case 'OrderRejected':
      assert(ending === undefined, 'an order ends once');
      return { ...order, ending: { status: 'rejected', reason: event.reason, skus: event.skus } };
    case 'OrderCancelled': {
      assert(ending === undefined, 'an order ends once');
      const { reason, detail } = event;
      return { ...order, ending: { status: 'cancelled', reason, ...(detail === undefined ? {} : { detail }) } };
    }
    default:
      return unreachable(event);
  }
};
