import {
  actor,
  count,
  instant,
  ORDER_LINES_MAX,
  orderId,
  quantity,
  QUANTITY_MAX,
  reason,
  shortLine,
  sku,
  stockLine,
} from '@murmuration/contracts';
import type { InventoryState } from '@murmuration/domain-inventory';
import { assert } from '@murmuration/kernel';
import type { View } from '@murmuration/platform';
import { z } from 'zod';

export { orderId, sku } from '@murmuration/contracts';

export const receipt = z.strictObject({ quantity });
export const adjustment = z.strictObject({
  delta: z
    .int()
    .min(-QUANTITY_MAX)
    .max(QUANTITY_MAX)
    .refine((delta) => delta !== 0, 'must not be 0'),
  reason,
});
export type Receipt = z.infer<typeof receipt>;
export type Adjustment = z.infer<typeof adjustment>;

/** Takes what left without a hold out of what is available. */
export const commitRetry = z.strictObject({
  actor,
  reason,
  lines: z.array(z.strictObject(stockLine.shape)).min(1).max(ORDER_LINES_MAX),
});
export type CommitRetry = z.infer<typeof commitRetry>;

/** The counts were corrected by hand. */
export const operatorWord = z.strictObject({ actor, reason });
export type OperatorWord = z.infer<typeof operatorWord>;

export const shownStock = z.object({
  sku,
  version: z.int(),
  received: count,
  adjusted: z.int(),
  held: count,
  committed: count,
  available: count,
});

export const stockView: View<InventoryState> = (state, { id, version }): z.infer<typeof shownStock> => {
  assert(state.kind === 'stock', 'the ledger of a SKU');
  const { received, adjusted, held, committed, available } = state;
  return { sku: id, version, received, adjusted, held, committed, available };
};

export const shownReservation = z.object({
  orderId,
  version: z.int(),
  status: z.enum(['held', 'refused', 'released', 'committed', 'disputed', 'settled']),
  lines: z.array(stockLine.or(shortLine)).readonly().optional(),
  heldUntil: instant.optional(),
  /** Why a person must look at it, and since when. */
  reason: reason.optional(),
  since: instant.optional(),
});

export const reservationView: View<InventoryState> = (state, { id, version }): z.infer<typeof shownReservation> => {
  assert(state.kind === 'reservation' && state.status !== 'absent', 'a reservation that was written');
  return {
    orderId: id,
    version,
    status: state.status,
    ...('lines' in state ? { lines: state.lines } : {}),
    ...('heldUntil' in state ? { heldUntil: state.heldUntil } : {}),
    ...(state.status === 'disputed' ? { reason: state.reason, since: state.since } : {}),
  };
};
