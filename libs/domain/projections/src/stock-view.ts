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
  /** How many changes the SKU has seen; absent in what was said before they were counted. */
  readonly version?: number;
  readonly changedAt: Instant;
};

/**
 * Folds the levels of one SKU, each of which is the whole level: of two the one that has seen more changes is the newer, in whatever
 * order they arrive. Instants are not compared, since replicas' clocks may differ.
 */
export const stockViewFold: Fold<StockRow | undefined, Heard> = {
  initial: undefined,
  evolve: (row, { name, data }) => {
    if (name !== 'inventory.stock-level-changed.v1') return row;
    const level = data as StockRow; // because the name says so
    const isOlder = row?.version !== undefined && (level.version ?? 0) < row.version;
    return isOlder ? row : level;
  },
};
