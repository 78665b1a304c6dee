import type { Fault } from '../faults/faults';
import type { Finding } from '../oracle/findings';
import type { RunResult } from '../run/simulate';

/** What one run adds up to, small enough to be sent from a worker. */
export type RunSummary = {
  readonly seed: number;
  readonly hash: string;
  readonly orders: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly findings: readonly Finding[];
  readonly struck: readonly (readonly [Fault, number])[];
  readonly counts: readonly (readonly [string, number])[];
  readonly stored: readonly (readonly [string, number])[];
  readonly statuses: readonly (readonly [string, number])[];
};

export const summaryOf = (result: RunResult, sprung: readonly string[]): RunSummary => {
  const { seed, hash, steps, virtualMs, findings, struck, counts, stored, statuses } = result;
  const ends = new Map<string, number>();
  for (const status of statuses.values()) ends.set(status, (ends.get(status) ?? 0) + 1);
  const traps = sprung.map((name): Finding => ({ invariant: 'trap', finding: `used ${name}`, subject: 'the code' }));
  return {
    ...{ seed, hash, steps, virtualMs, orders: statuses.size, findings: [...findings, ...traps] },
    ...{ struck: [...struck], counts: [...counts], stored: [...stored], statuses: [...ends] },
  };
};

/** What many runs add up to. */
export type Totals = {
  readonly add: (run: RunSummary) => void;
  readonly runs: () => number;
  readonly orders: () => number;
  readonly virtualMs: () => number;
  readonly faults: () => ReadonlyMap<string, number>;
  readonly statuses: () => ReadonlyMap<string, number>;
  /** By `service: EventType`, and by what the parts of the flock told of themselves. */
  readonly happened: () => ReadonlyMap<string, number>;
};

export const totals = (): Totals => {
  const faults = new Map<string, number>();
  const statuses = new Map<string, number>();
  const happened = new Map<string, number>();
  let runs = 0;
  let orders = 0;
  let virtualMs = 0;

  const sum = (into: Map<string, number>, from: readonly (readonly [string, number])[]): void => {
    for (const [name, count] of from) into.set(name, (into.get(name) ?? 0) + count);
  };
  return {
    add: (run) => {
      runs += 1;
      orders += run.orders;
      virtualMs += run.virtualMs;
      sum(faults, run.struck);
      sum(statuses, run.statuses);
      sum(happened, run.counts);
      sum(happened, run.stored);
    },
    runs: () => runs,
    orders: () => orders,
    virtualMs: () => virtualMs,
    faults: () => faults,
    statuses: () => statuses,
    happened: () => happened,
  };
};
