import type { Chance } from '@murmuration/testing';

/** Units that come in while orders go on, or that somebody counts and finds missing or too many. */
export type StockMove = {
  readonly id: string;
  readonly atMs: number;
  readonly type: 'ReceiveStock' | 'AdjustStock';
  readonly sku: string;
  /** Received, or the correction, which may be below zero. */
  readonly by: number;
};

const RUNS_WITH_MOVES = 0.5;
const MOVES: readonly [number, number] = [1, 8];
const ADJUSTED = 0.5;
const UNITS: readonly [number, number] = [1, 5];

/** Draws what comes to and goes from these SKUs besides orders. */
export const stockMovesOf = (chance: Chance, skus: readonly string[], troubleMs: number): readonly StockMove[] => {
  if (!chance.happens(RUNS_WITH_MOVES)) return [];
  return Array.from({ length: chance.integer(...MOVES) }, (_, nth) => {
    const atMs = chance.integer(0, troubleMs);
    const sku = chance.pick(skus);
    const units = chance.integer(...UNITS);
    const isAdjusted = chance.happens(ADJUSTED);
    const by = isAdjusted && chance.happens(0.6) ? -units : units;
    return { id: `stock ${nth + 1}`, atMs, type: isAdjusted ? 'AdjustStock' : 'ReceiveStock', sku, by };
  });
};
