import type { Heard, OrderLine } from '@murmuration/contracts';
import { epochMs, plusMs, type Fold, type Instant } from '@murmuration/kernel';
import { isOfOrder, type HeardOfOrder } from './heard-order';
import { openSteps, type OpenStep } from './open-steps';
import {
  openAttention,
  resolutionAfter,
  withAttention,
  type AttentionCalls,
  type OpenAttention,
  type Resolution,
} from './order-attention';
import { withFact, type OrderFacts } from './order-facts';
import { withRefund, type Refunds } from './order-refunds';
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
    /** What needs a person, also of an order that has ended; absent when nothing does. */
    readonly attention?: readonly OpenAttention[];
    /** Who settled it by hand. */
    readonly resolution?: Resolution;
    /** All that was given back, in minor units of the order's currency; absent when nothing was. */
    readonly refundedMinor?: number;
    readonly facts: OrderFacts;
    readonly calls?: AttentionCalls;
    readonly refunds?: Refunds;
    /** The deadline that the order was submitted with. */
    readonly firstDeadlineAt?: Instant;
  };

/** All that a row is made of besides the submission. */
type Evidence = {
  readonly facts: OrderFacts;
  readonly calls: AttentionCalls;
  readonly refunds: Refunds;
  readonly resolution: Resolution | undefined;
};

/**
 * Folds what is heard into the row of its order, event by event, in any order among the services; the row says the same in the end, to
 * the byte. What is no news, or not about an order, leaves the very same row.
 */
export const orderViewFold: Fold<OrderRow | undefined, Heard> = {
  initial: undefined,
  evolve: (row, heard) => {
    if (!isOfOrder(heard)) return row;
    const before = evidenceOf(row);
    const after = withEvidence(before, heard);
    const isNews = (Object.keys(after) as (keyof Evidence)[]).some((part) => after[part] !== before[part]); // because those are its keys
    if (row !== undefined && !isNews) return row;
    return rowOf(heard.data.orderId, { ...submissionOf(row), ...submittedIn(heard) }, after);
  },
};

/** The row that all these events make, at the cost of one. */
export const orderRowOf = (events: readonly HeardOfOrder[]): OrderRow | undefined => {
  const [first] = events;
  if (first === undefined) return undefined;
  const known = events.reduce<Known>((submission, heard) => ({ ...submission, ...submittedIn(heard) }), {});
  return rowOf(first.data.orderId, known, events.reduce(withEvidence, evidenceOf(undefined)));
};

const evidenceOf = (row: OrderRow | undefined): Evidence => ({
  facts: row?.facts ?? NONE,
  calls: row?.calls ?? NONE,
  refunds: row?.refunds ?? NO_REFUNDS,
  resolution: row?.resolution,
});

const NONE = {} as const;
const NO_REFUNDS: Refunds = [];

const withEvidence = ({ facts, calls, refunds, resolution }: Evidence, heard: HeardOfOrder): Evidence => ({
  // A return gives back money for an order that stays as it ended.
  facts: isReturn(heard) ? facts : withFact(facts, heard),
  calls: withAttention(calls, heard),
  refunds: withRefund(refunds, heard),
  resolution: resolutionAfter(resolution, heard),
});

const isReturn = (heard: HeardOfOrder): boolean =>
  heard.name === 'payments.payment-refunded.v1' && heard.data.cause === 'return';

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

const rowOf = (orderId: string, known: Known, evidence: Evidence): OrderRow => {
  const { facts, calls, refunds, resolution } = evidence;
  const attention = openAttention(calls, facts, refunds);
  const standing = standingOf(facts, attention);
  const completedAt = facts['order-completed']?.at;
  const [waiting] = openSteps(facts, resolution !== undefined);
  const deadlineAt = standing.finalAt === undefined ? deadlineOf(known, evidence) : undefined;
  return {
    orderId,
    ...known,
    ...standing,
    ...(completedAt === undefined ? {} : { completedAt }),
    updatedAt: updatedAt(evidence),
    ...(waiting === undefined
      ? {}
      : { waitingFor: waiting.service, waitingForStep: waiting.step, waitingSince: waiting.since }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(attention.length === 0 ? {} : { attention }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(refunds.length === 0 ? {} : { refundedMinor: refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0) }),
    facts,
    ...(Object.keys(calls).length === 0 ? {} : { calls }),
    ...(refunds.length === 0 ? {} : { refunds }),
  };
};

const updatedAt = ({ facts, calls, refunds }: Evidence): Instant => {
  const said = [
    ...Object.values(facts).map(({ at }) => at),
    ...Object.values(calls).flatMap(({ raisedAt, handledAt }) =>
      [raisedAt, handledAt].filter((at) => at !== undefined),
    ),
  ];
  const latest = said.reduce<Instant | undefined>(later, undefined);
  return refunds.reduce<Instant | undefined>((known, { at }) => later(known, at), latest)!; // because a row begins with something that was said
};

const later = (known: Instant | undefined, at: Instant): Instant => (known === undefined || at > known ? at : known);

/** A request to cancel begins a second wait as long as the first, and so does an operator who gives the order more time. */
const deadlineOf = ({ submittedAt, firstDeadlineAt }: Known, { facts, calls }: Evidence): Instant | undefined => {
  if (submittedAt === undefined || firstDeadlineAt === undefined) return undefined;
  const requestedAt = facts['order-cancellation-requested']?.at;
  const patienceMs = epochMs(firstDeadlineAt) - epochMs(submittedAt);
  const deadlines = [
    ...(requestedAt === undefined ? [] : [plusMs(requestedAt, patienceMs)]),
    ...Object.values(calls).flatMap(({ deadlineAt }) => deadlineAt ?? []),
  ];
  // Each takes the place of an earlier one.
  return deadlines.reduce((last, at) => (at > last ? at : last), firstDeadlineAt);
};
