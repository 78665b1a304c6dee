import { customerId, orderId, sku } from '@murmuration/contracts';
import type { OrderRow, OrderStatus } from '@murmuration/domain-projections';
import { instantOfEpochMs, isInstant } from '@murmuration/kernel';
import { invalidRequest, pageLimit, wholeNumberText } from '@murmuration/platform';
import { z } from 'zod';

export { customerId, orderId, sku };

const PAGE_MAX = 200;
const PAGE_USUAL = 50;
const IDS_MAX = 200;
const TEXT_CHARS_MAX = 100;
const WAIT_MS_MAX = 30 * 24 * 60 * 60 * 1_000;
const STUCK_AFTER_MS = 60_000;

export const orderStatus = z.enum([
  ...['submitted', 'reserved', 'authorized', 'booked', 'shipped', 'completed', 'delivered'],
  ...['compensating', 'cancelled', 'rejected', 'needs-attention'],
] as const satisfies readonly OrderStatus[]);

const pageCursor = z
  .string()
  .max(TEXT_CHARS_MAX * 2)
  .optional();

export const orderQuery = z.strictObject({
  customerId: customerId.optional(),
  status: orderStatus.optional(),
  /** Part of an order id, a customer id or a reason. */
  text: z
    .string()
    .regex(/^[^\0]*$/, 'must be text without a NUL')
    .min(1)
    .max(TEXT_CHARS_MAX)
    .optional(),
  /** Order ids, separated by commas. */
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(orderId).max(IDS_MAX))
    .optional(),
  /** Whether anything about the order needs a person, also when it has ended. */
  needsAttention: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  cursor: pageCursor,
  limit: pageLimit(PAGE_USUAL, PAGE_MAX),
});
export type OrderQuery = z.infer<typeof orderQuery>;

export const stockQuery = z.strictObject({
  /** The `next` of the page before. */
  after: sku.optional(),
  limit: pageLimit(PAGE_USUAL, PAGE_MAX),
});
export type StockQuery = z.infer<typeof stockQuery>;

export const stuckQuery = z.strictObject({
  /** How long an order must have waited to be listed. */
  waitingMs: wholeNumberText(0, WAIT_MS_MAX).default(STUCK_AFTER_MS),
  cursor: pageCursor,
  limit: pageLimit(PAGE_USUAL, PAGE_MAX),
});
export type StuckQuery = z.infer<typeof stuckQuery>;

export const auditQuery = z.strictObject({
  logPartition: wholeNumberText(0, 63).default(0),
  after: wholeNumberText(0, Number.MAX_SAFE_INTEGER).default(0),
  limit: pageLimit(PAGE_USUAL, PAGE_MAX),
});
export type AuditQuery = z.infer<typeof auditQuery>;

/** Where a page ended, as text that the caller hands back as it is. */
const cursorText = (at: string, id: string): string => Buffer.from(`${at} ${id}`).toString('base64url');

const readCursor = (
  cursor: string,
  fits: (at: string) => boolean,
): { readonly at: string; readonly orderId: string } => {
  const [at, id] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (at === undefined || !fits(at) || !orderId.safeParse(id).success)
    throw invalidRequest([{ field: 'cursor', message: 'must be the nextCursor of an answer' }]);
  return { at, orderId: id ?? '' };
};

/** An order that was not submitted yet comes last. */
export const cursorOf = ({ submittedAt, orderId: id }: Pick<OrderRow, 'submittedAt' | 'orderId'>): string =>
  cursorText(submittedAt ?? '', id);

export const placeOf = (cursor: string): { readonly submittedAt: string; readonly orderId: string } => {
  const { at, ...place } = readCursor(cursor, (text) => text === '' || isInstant(text));
  return { submittedAt: at, ...place };
};

export const waitCursorOf = ({ waitingSince: at, orderId: id }: Pick<OrderRow, 'waitingSince' | 'orderId'>): string =>
  cursorText(at ?? '', id);

export const waitPlaceOf = (cursor: string): { readonly waitingSince: string; readonly orderId: string } => {
  const { at, ...place } = readCursor(cursor, isInstant);
  return { waitingSince: at, ...place };
};

export const waitingSince = (waitingMs: number): string => instantOfEpochMs(Date.now() - waitingMs);
