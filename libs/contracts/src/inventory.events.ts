import { instant as at } from '@murmuration/kernel';
import { z } from 'zod';
import { attention, handled } from './attention';
import { declareEvent } from './event-contract';
import { count, instant, orderId, quantity, reason, sku, stockLine } from './fields';

const event = declareEvent('inventory');
const EXAMPLE_ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const EXAMPLE_TIME = at('2026-03-01T09:30:00.100Z');

export const stockReserved = event('stock-reserved', {
  key: 'orderId',
  schema: z.object({ orderId, lines: z.array(stockLine).min(1), reservedAt: instant, heldUntil: instant }),
  example: {
    orderId: EXAMPLE_ORDER,
    lines: [{ sku: 'KETTLE-1L', quantity: 2 }],
    reservedAt: EXAMPLE_TIME,
    heldUntil: at('2026-03-01T10:30:00.100Z'),
  },
});

export const shortLine = z.object({
  sku,
  requested: quantity,
  available: count,
  /** False when no stock of this SKU was ever received. */
  known: z.boolean(),
});
export type ShortLine = z.infer<typeof shortLine>;

export const stockRefused = event('stock-refused', {
  key: 'orderId',
  schema: z.object({ orderId, lines: z.array(shortLine).min(1), refusedAt: instant }),
  example: {
    orderId: EXAMPLE_ORDER,
    lines: [{ sku: 'KETTLE-1L', requested: 2, available: 1, known: true }],
    refusedAt: EXAMPLE_TIME,
  },
});

export const stockReleased = event('stock-released', {
  key: 'orderId',
  schema: z.object({
    orderId,
    /** False when nothing was held for the order: the answer to an undo that found nothing to undo. */
    held: z.boolean(),
    releasedAt: instant,
  }),
  example: { orderId: EXAMPLE_ORDER, held: true, releasedAt: EXAMPLE_TIME },
});

export const stockCommitted = event('stock-committed', {
  key: 'orderId',
  schema: z.object({ orderId, lines: z.array(stockLine).min(1), committedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, lines: [{ sku: 'KETTLE-1L', quantity: 2 }], committedAt: EXAMPLE_TIME },
});

export const stockHoldExpired = event('stock-hold-expired', {
  key: 'orderId',
  schema: z.object({ orderId, expiredAt: instant }),
  example: { orderId: EXAMPLE_ORDER, expiredAt: EXAMPLE_TIME },
});

export const stockNeedsAttention = event('stock-needs-attention', {
  key: 'orderId',
  schema: z.object({ orderId, reason, since: instant, attention: attention.optional() }),
  example: {
    orderId: EXAMPLE_ORDER,
    reason: 'the hold was gone when the parcel left',
    since: EXAMPLE_TIME,
    attention: 1,
  },
});

export const stockAttentionHandled = event('stock-attention-handled', {
  key: 'orderId',
  terminal: true,
  schema: z.object({
    ...handled,
    /** Taken out of what is available after all, or counted and corrected by hand. */
    action: z.enum(['retried', 'resolved']),
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    action: 'retried',
    attentions: [1],
    actor: 'mira',
    reason: 'counted: the goods are gone',
    handledAt: EXAMPLE_TIME,
  },
});

export const stockLevelChanged = event('stock-level-changed', {
  key: 'sku',
  terminal: true,
  schema: z.object({
    sku,
    received: count,
    /** The sum of all adjustments, which may be negative. */
    adjusted: z.int(),
    held: count,
    committed: count,
    /** Always received + adjusted − held − committed. */
    available: count,
    /** How many changes the SKU has seen, this one among them: of two levels the one with more is the newer. */
    version: z.int().min(1).optional(),
    changedAt: instant,
  }),
  example: {
    sku: 'KETTLE-1L',
    received: 100,
    adjusted: -3,
    held: 2,
    committed: 10,
    available: 85,
    version: 42,
    changedAt: EXAMPLE_TIME,
  },
});
