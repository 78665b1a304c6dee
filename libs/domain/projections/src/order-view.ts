import type { Heard, OrderLine } from '@murmuration/contracts';
import { epochMs, plusMs, type Fold, type Instant } from '@murmuration/kernel';
import { isOfOrder, type HeardOfOrder } from './heard-order';
import { openSteps, type OpenStep } from './open-steps';
import { latestOf, withFact, type OrderFacts } from './order-facts';
import { standingOf, type OrderStanding } from './order-standing';

/** What was submitted; none of it is there as long as only others have spoken of the order. */
type Submission = {
  readonly customerId: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly lines: readonly OrderLine[];
  readonly submittedAt: Instant;
};

/** One row of the view of orders: flat, and of JSON alone. What is not known is absent. */
export type OrderRow = Partial<Submission> &
  OrderStanding & {
    readonly orderId: string;
    readonly completedAt?: Instant;
    /** When the newest thing was said of it. */
    readonly updatedAt: Instant;
    /** The service whose word is missing, and for which step; absent when no word is. */
    readonly waitingFor?: OpenStep['service'];
    readonly waitingForStep?: string;
    readonly waitingSince?: Instant;
    /** When orders will act on the silence; absent once the order has ended. */
    readonly deadlineAt?: Instant;
    readonly facts: OrderFacts;
    /** The deadline that the order was submitted with. */
    readonly firstDeadlineAt?: Instant;
  };

/**
 * Folds what is heard into the row of its order, event by event, in any order among the services; the row says the same in the end, to
 * the byte. What is no news, or not about an order, leaves the very same row.
 */
export const orderViewFold: Fold<OrderRow | undefined, Heard> = {
  initial: undefined,
  evolve: (row, heard) => {
    if (!isOfOrder(heard)) return row;
    // A return gives back money for an order that stays as it ended.
    if (heard.name === 'payments.payment-refunded.v1' && heard.data.cause === 'return') return row;
    const facts = withFact(row?.facts ?? {}, heard);
    if (row !== undefined && facts === row.facts) return row;
    return rowOf(heard.data.orderId, { ...submissionOf(row), ...submittedIn(heard) }, facts);
  },
};

type Known = Partial<Submission> & { readonly firstDeadlineAt?: Instant };

const submissionOf = (row: OrderRow | undefined): Known => {
  if (row?.submittedAt === undefined || row.firstDeadlineAt === undefined) return {};
  const { customerId, currency, totalMinor, lines, submittedAt, firstDeadlineAt } = row as Required<OrderRow>; // because a submission is known as a whole
  return { customerId, currency, totalMinor, lines, submittedAt, firstDeadlineAt };
};

const submittedIn = (heard: HeardOfOrder): Known => {
  if (heard.name !== 'orders.order-submitted.v1') return {};
  const { customerId, currency, totalMinor, lines, submittedAt, deadlineAt: firstDeadlineAt } = heard.data;
  return { customerId, currency, totalMinor, lines, submittedAt, firstDeadlineAt };
};

const rowOf = (orderId: string, known: Known, facts: OrderFacts): OrderRow => {
  const standing = standingOf(facts);
  const completedAt = facts['order-completed']?.at;
  const updatedAt = latestOf(facts);
  const [waiting] = openSteps(facts);
  const deadlineAt = standing.finalAt === undefined ? deadlineOf(known, facts) : undefined;
  return {
    orderId,
    ...known,
    ...standing,
    ...(completedAt === undefined ? {} : { completedAt }),
    updatedAt: updatedAt!, // because a row begins with a fact
    ...(waiting === undefined
      ? {}
      : { waitingFor: waiting.service, waitingForStep: waiting.step, waitingSince: waiting.since }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    facts,
  };
};

/** A request to cancel begins a second wait as long as the first. */
export const deadlineOf = ({ submittedAt, firstDeadlineAt }: Known, facts: OrderFacts): Instant | undefined => {
  if (submittedAt === undefined || firstDeadlineAt === undefined) return undefined;
  const requestedAt = facts['order-cancellation-requested']?.at;
  if (requestedAt === undefined) return firstDeadlineAt;
  return plusMs(requestedAt, epochMs(firstDeadlineAt) - epochMs(submittedAt));
};
