import { percentiles, type DemoOrder, type DemoStock, type Outcome } from '@murmuration/tool-demo';
import type { StockExpectation } from './invariants';
import type { Kill } from './killer';

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;

/** How often each unit was killed, and how long until all was well again. */
export const killTable = (kills: readonly Kill[]): readonly string[] =>
  [...new Set(kills.map(({ unit }) => unit))].sort().map((unit) => {
    const ofUnit = kills.filter((kill) => kill.unit === unit);
    const { p50, count } = percentiles(ofUnit.flatMap(({ backAfterMs }) => backAfterMs ?? []));
    const longest = Math.max(...ofUnit.map(({ backAfterMs = 0 }) => backAfterMs));
    const back = count === 0 ? 'not seen well again' : `well again after ${seconds(p50)}, ${seconds(longest)} at most`;
    return `${unit.padEnd(14)} killed ${String(ofUnit.length).padStart(2)} ×, ${back}`;
  });

export type Judged = {
  /** Orders whose cancellation came after the parcel had left, because a process was down when the customer asked. */
  readonly cancelledTooLate: readonly Outcome[];
  /** Orders that ended otherwise than they may. */
  readonly strays: readonly Outcome[];
};

/**
 * A cancellation is a request: one that the kills have delayed until after the dispatch is refused, and the order is
 * delivered. Every other difference from the file is a stray.
 */
export const judge = (outcomes: readonly Outcome[]): Judged => {
  const unlike = outcomes.filter(({ asExpected }) => !asExpected);
  const isTooLate = ({ expected, actual }: Outcome): boolean =>
    expected.reason === 'customer-requested' && actual.status === 'delivered';
  return { cancelledTooLate: unlike.filter(isTooLate), strays: unlike.filter((outcome) => !isTooLate(outcome)) };
};

/** What inventory must count for each SKU: what was received, and what the delivered orders hold. */
export const stockExpectations = (
  orders: readonly DemoOrder[],
  outcomes: readonly Outcome[],
  stock: readonly DemoStock[],
): readonly StockExpectation[] => {
  const delivered = new Set(outcomes.filter(({ actual }) => actual.status === 'delivered').map(({ ref }) => ref));
  const committed = new Map<string, number>();
  for (const { ref, lines } of orders) {
    if (!delivered.has(ref)) continue;
    for (const { sku, quantity } of lines) committed.set(sku, (committed.get(sku) ?? 0) + quantity);
  }
  return stock.map(({ sku, quantity }) => ({ sku, received: quantity, committed: committed.get(sku) ?? 0 }));
};
