import type { Heard } from '@murmuration/contracts';
import type { Fold, Instant } from '@murmuration/kernel';

/** One row of the view of stock: the counts of one SKU as inventory said them last. */
export type StockRow = {
  readonly sku: string;
  readonly received: number;
  /** The sum of all adjustments, which may be negative. */
  readonly adjusted: number;
  readonly held: number;
  readonly committed: number;
  readonly available: number;
  readonly changedAt: Instant;
};

/**
 * Folds the levels of one SKU. They come from one stream and arrive as they were said, each with the whole level, so the last one
 * counts; instants are not compared, since replicas' clocks may differ.
 */
export const stockViewFold: Fold<StockRow | undefined, Heard> = {
  initial: undefined,
  evolve: (row, { name, data }) => (name === 'inventory.stock-level-changed.v1' ? (data as StockRow) : row),
};
