import { planOf } from '../plan/plan';
import { shrink } from './shrink';
import type { RunResult } from './simulate';

/** A run of so many decisions that fails when all of the guilty ones are taken, and ends right after the last of them. */
const runOf =
  (count: number, guilty: readonly number[], invariant: 'I1' | 'I2' = 'I1') =>
  async (only?: ReadonlySet<string>): Promise<RunResult> => {
    const ids = Array.from({ length: count }, (_, nth) => `decision ${nth}`);
    const taken = ids.filter((id) => only?.has(id) ?? true);
    const isGuilty = guilty.every((nth) => taken.includes(`decision ${nth}`));
    return {
      ...{ seed: 1, hash: '', steps: 0, virtualMs: 0, messages: [] },
      ...{ struck: new Map(), counts: new Map(), stored: new Map(), statuses: new Map() },
      findings: isGuilty ? [{ invariant, finding: 'found', subject: 'order' }] : [],
      decisions: taken.map((id, atMs) => ({ id, atMs })),
    };
  };

describe('shrinking a failing run', () => {
  it.each([
    [100, [17]],
    [100, [3, 97]],
    [257, [0, 100, 200, 256]],
    [1, [0]],
  ])('of %i decisions leaves the %j without which it does not fail', async (count, guilty) => {
    const run = runOf(count, guilty);
    const { decisions } = await shrink(planOf(1), await run(), run);
    expect(decisions).toEqual(guilty.map((nth) => `decision ${nth}`));
  });

  it('takes no other failure for the one it shrinks', async () => {
    const failing = await runOf(50, [10])();
    const { decisions, result } = await shrink(planOf(1), failing, runOf(50, [20], 'I2'));
    expect(decisions).toHaveLength(50);
    expect(result).toBe(failing);
  });
});
