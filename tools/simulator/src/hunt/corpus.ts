import type { Fault } from '../faults/faults';
import type { Bounds, OrderPlan, Plan } from '../plan/plan';
import type { CustomerPlan } from '../plan/customers';
import type { StockMove } from '../plan/stock-moves';
import type { Incident } from '../plan/trouble';
import type { Shrunk } from '../run/shrink';

/** A run that failed once, shrunk, with all that it needs to be played again whatever becomes of the way in which plans are drawn. */
export type CorpusEntry = {
  readonly seed: number;
  /** What did not hold when it was found. */
  readonly found: string;
  readonly decisions: readonly string[];
  readonly plan: {
    readonly orders: readonly OrderPlan[];
    readonly incidents: readonly Incident[];
    readonly stock: readonly (readonly [string, number])[];
    /** These are absent from a run in which there were none. */
    readonly customers?: readonly CustomerPlan[];
    readonly stockMoves?: readonly StockMove[];
    readonly replicas: readonly (readonly [string, number])[];
    readonly probabilities: readonly (readonly [Fault, number])[];
    readonly partitions: number;
    readonly bounds: Bounds;
    readonly carrierMs: Plan['carrierMs'];
    readonly holdMs: number;
    readonly hasOperators: boolean;
    readonly troubleMs: number;
  };
};

export const corpusEntryOf = (plan: Plan, { decisions, result }: Shrunk): CorpusEntry => {
  const [finding] = result.findings;
  const kept = new Set(decisions);
  return {
    seed: plan.seed,
    found: `${finding?.invariant}: ${finding?.finding}`,
    decisions,
    plan: {
      orders: plan.orders.filter(({ id }) => kept.has(`${id} is placed`)),
      incidents: plan.incidents.filter(({ fault }) => decisions.some((id) => id.startsWith(fault))),
      ...{ stock: [...plan.stock], replicas: [...plan.replicas], probabilities: [...plan.probabilities] },
      customers: plan.customers.filter(({ id }) => kept.has(`${id} registers`)),
      stockMoves: plan.stockMoves.filter(({ id }) => kept.has(`${id} is counted`)),
      ...{
        partitions: plan.partitions,
        bounds: plan.bounds,
        carrierMs: plan.carrierMs,
        holdMs: plan.holdMs,
        hasOperators: plan.hasOperators,
        troubleMs: plan.troubleMs,
      },
    },
  };
};

export const planOfEntry = ({ seed, plan }: CorpusEntry): Plan => ({
  ...{ customers: [], stockMoves: [], ...plan, seed, stock: new Map(plan.stock), replicas: new Map(plan.replicas) },
  probabilities: new Map(plan.probabilities),
});

export const corpusFileOf = ({ seed, found }: CorpusEntry): string =>
  `${String(seed)}-${found.split(':')[0]?.toLowerCase() ?? 'run'}.json`;
