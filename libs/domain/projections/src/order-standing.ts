import type { Instant } from '@murmuration/kernel';
import type { OpenAttention } from './order-attention';
import { knows, type Fact, type OrderFacts } from './order-facts';

export type OrderStatus =
  | 'submitted'
  | 'reserved'
  | 'authorized'
  | 'booked'
  | 'shipped'
  | 'completed'
  | 'delivered'
  | 'compensating'
  | 'cancelled'
  | 'rejected'
  | 'needs-attention';

export type OrderStanding = {
  readonly status: OrderStatus;
  readonly reason?: string;
  readonly detail?: string;
  /** When it came to the end that it has; absent as long as it has none. */
  readonly finalAt?: Instant;
};

const ENDS = ['delivered', 'completed', 'cancelled', 'rejected'] as const;

/**
 * Orders alone says how an order ends, and that it needs a person; until then it stands as what was heard of the others makes
 * likely. What is `open` comes with the newest of each service first.
 */
export const standingOf = (facts: OrderFacts, open: readonly OpenAttention[]): OrderStanding => {
  for (const status of ENDS) {
    const end = facts[`order-${status}`];
    if (end !== undefined) return { status, ...why(end), finalAt: end.at };
  }
  const attention = open.find(({ service }) => service === 'orders');
  if (attention !== undefined) return { status: 'needs-attention', reason: attention.reason };
  return { status: progressOf(facts) };
};

const why = ({ at: _, ...reasons }: Fact): Omit<Fact, 'at'> => reasons;

const progressOf = (facts: OrderFacts): OrderStatus => {
  if (knows(facts, 'payment-declined', 'payment-voided', 'payment-refunded')) return 'compensating';
  if (knows(facts, 'shipment-refused', 'shipment-cancelled', 'stock-released')) return 'compensating';
  if (knows(facts, 'shipment-dispatched', 'shipment-delivered', 'stock-committed')) return 'shipped';
  if (knows(facts, 'shipment-booked')) return 'booked';
  if (knows(facts, 'payment-authorized')) return 'authorized';
  return knows(facts, 'stock-reserved') ? 'reserved' : 'submitted';
};
