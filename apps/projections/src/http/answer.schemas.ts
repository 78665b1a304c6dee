import {
  actor,
  count,
  customerId,
  instant,
  loyaltyTier,
  orderId,
  orderLine,
  SERVICES,
  sku,
  wishedBy,
} from '@murmuration/contracts';
import type { OrderRow } from '@murmuration/domain-projections';
import { z } from 'zod';
import { orderStatus } from './view.schemas';

const why = z.string();
const sumMinor = z.int().min(0);
const waitedFor = z.enum(SERVICES);

/** What still needs a person, also of an order that has ended. */
const attention = z.array(z.object({ service: z.string(), reason: why, since: instant })).readonly();
/** Who settled an order by hand. */
const resolution = z.object({ actor, reason: why, at: instant });

const standing = {
  status: orderStatus,
  reason: why.optional(),
  detail: z.string().optional(),
  /** When it came to the end that it has. */
  finalAt: instant.optional(),
};
const leftOver = {
  attention: attention.optional(),
  resolution: resolution.optional(),
  /** All that was given back, in minor units of the order's currency. */
  refundedMinor: sumMinor.optional(),
};

export const shownOrder = z.object({
  orderId,
  customerId: customerId.optional(),
  currency: z.string().optional(),
  totalMinor: sumMinor.optional(),
  lines: z.array(orderLine).readonly().optional(),
  submittedAt: instant.optional(),
  ...standing,
  completedAt: instant.optional(),
  updatedAt: instant,
  /** The service whose word is missing, for which step, and since when. */
  waitingFor: waitedFor.optional(),
  waitingForStep: z.string().optional(),
  waitingSince: instant.optional(),
  /** When orders will act on the silence. */
  deadlineAt: instant.optional(),
  ...leftOver,
});
type ShownOrder = z.infer<typeof shownOrder>;

/** The row as the API shows it: without what only the fold needs. */
export const orderShown = ({
  facts: _facts,
  calls: _calls,
  refunds: _refunds,
  firstDeadlineAt: _firstDeadlineAt,
  ...shown
}: OrderRow): ShownOrder => shown;

export const shownOrders = z.object({
  orders: z.array(shownOrder),
  /** The `cursor` of the next page; absent on the last one. */
  nextCursor: z.string().optional(),
});
export const shownCounts = z.object({ counts: z.partialRecord(orderStatus, count).readonly() });

const openStep = z.object({ service: waitedFor, step: z.string(), since: instant });

export const shownTimeline = z.object({
  orderId,
  ...standing,
  entries: z
    .array(
      z.object({
        time: instant,
        service: z.string(),
        event: z.string(),
        meaning: z.string(),
        eventId: z.string(),
        /** The event or command that made it happen. */
        causationId: z.string(),
      }),
    )
    .readonly(),
  waitingFor: openStep.extend({ deadlineAt: instant.optional() }).optional(),
  alsoWaitingFor: z.array(openStep).readonly().optional(),
  ...leftOver,
});

export const shownStock = z.object({
  sku,
  received: count,
  adjusted: z.int(),
  held: count,
  committed: count,
  available: count,
  version: z.int().optional(),
  changedAt: instant,
});
export const shownStockPage = z.object({
  stock: z.array(shownStock).readonly(),
  /** The `after` of the next page; absent on the last one. */
  next: sku.optional(),
});

export const shownCustomer = z.object({
  customerId,
  status: z.enum(['active', 'suspended', 'deactivated']),
  tier: loyaltyTier,
  emailVerified: z.boolean(),
  phoneVerified: z.boolean(),
  registeredAt: instant.optional(),
  suspendedFor: why.optional(),
  suspendedAt: instant.optional(),
  deactivatedBy: wishedBy.optional(),
  deactivatedAt: instant.optional(),
  updatedAt: instant,
});

export const shownAudit = z.object({
  events: z.array(
    z.object({
      position: z.int(),
      heardAt: instant,
      id: z.string(),
      name: z.string(),
      source: z.string(),
      subject: z.string(),
      time: instant,
      correlationId: z.string(),
      causationId: z.string(),
      hop: count,
      traceparent: z.string().optional(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  /** The `after` of the next page, which may still be empty. */
  next: z.int(),
});

export const shownCheck = z.object({
  /** Rows that were compared. */
  compared: count,
  /** Keys of the rows that are not what the archive makes of them. */
  differing: z.array(z.string()).readonly(),
  findings: z.array(z.object({ invariant: z.string(), finding: z.string(), about: z.string() })).readonly(),
});
