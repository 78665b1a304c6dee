import type { Plan } from '../plan/plan';
import { simulate, type RunResult } from './simulate';

export type Shrunk = {
  /** The decisions without any of which the run no longer fails in the same way. */
  readonly decisions: readonly string[];
  readonly result: RunResult;
  readonly runs: number;
};

const RUNS_MAX = 400;

/**
 * Takes decisions away from a failing run as long as it still breaks the same invariant (delta debugging): first half of them,
 * then smaller and smaller parts. Bounded in runs, so what is left may not be the least there is.
 */
export const shrink = async (
  plan: Plan,
  failing: RunResult,
  run: (only: ReadonlySet<string>) => Promise<RunResult> = (only) => simulate(plan, { only, traced: true }),
): Promise<Shrunk> => {
  const invariants = new Set(failing.findings.map(({ invariant }) => invariant));
  let kept = failing.decisions.map(({ id }) => id);
  let result = failing;
  let runs = 0;

  const stillFails = async (ids: readonly string[]): Promise<boolean> => {
    runs += 1;
    const tried = await run(new Set(ids));
    if (!tried.findings.some(({ invariant }) => invariants.has(invariant))) return false;
    result = tried;
    // What was not even reached before the failure is not needed for it.
    const taken = new Set(tried.decisions.map(({ id }) => id));
    kept = ids.filter((id) => taken.has(id));
    return true;
  };

  let parts = 2;
  while (kept.length > 1 && runs < RUNS_MAX) {
    const size = Math.ceil(kept.length / parts);
    let isSmaller = false;
    for (let from = 0; from < kept.length && runs < RUNS_MAX; from += size) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (!(await stillFails(rest))) continue;
      isSmaller = true;
      break;
    }
    if (isSmaller) parts = Math.max(2, parts - 1);
    else if (size === 1) break;
    else parts = Math.min(kept.length, parts * 2);
  }
  return { decisions: kept, result, runs };
};
