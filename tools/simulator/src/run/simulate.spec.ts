import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planOfEntry, type CorpusEntry } from '../hunt/corpus';
import { planOf } from '../plan/plan';
import { withTraps } from '../time/traps';
import { simulate } from './simulate';

const CORPUS = join(__dirname, '..', '..', 'corpus');
const SEEDS = Array.from({ length: 12 }, (_, nth) => nth + 1);

const run = (seed: number) => withTraps(() => simulate(planOf(seed)));

describe('a simulated run', () => {
  it('is the same to the last event when its seed is run again', async () => {
    const once = await run(7);
    const again = await run(7);
    expect(again.result).toEqual(once.result);
    expect(once.result.hash).not.toBe((await run(8)).result.hash);
  });

  it('goes otherwise when a decision is not taken', async () => {
    const { result } = await run(7);
    const [first, ...others] = result.decisions.map(({ id }) => id);
    const without = await simulate(planOf(7), { only: new Set(others) });
    expect(without.decisions.map(({ id }) => id)).not.toContain(first);
    expect(without.hash).not.toBe(result.hash);
  });

  it.each(SEEDS)('holds every invariant, uses no real time or chance, and injects faults: seed %i', async (seed) => {
    const { result, sprung } = await run(seed);
    expect({ findings: result.findings, sprung }).toEqual({ findings: [], sprung: [] });
    const refused = [...result.counts].filter(([what]) => what.startsWith('order refused: '));
    const ordered = result.statuses.size + refused.reduce((sum, [, times]) => sum + times, 0);
    expect(ordered).toBe(planOf(seed).orders.length);
    expect([...result.struck.values()].reduce((sum, times) => sum + times, 0)).toBeGreaterThan(0);
  });
});

describe('the corpus of runs that failed once', () => {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith('.json'));

  it('is there', () => expect(files.length).toBeGreaterThan(0));

  it.each(files)('%s takes all of its decisions, and holds every invariant', async (file) => {
    const entry = JSON.parse(readFileSync(join(CORPUS, file), 'utf8')) as CorpusEntry;
    const played = await simulate(planOfEntry(entry), { only: new Set(entry.decisions) });
    expect(played.findings).toEqual([]);
    // One that is not taken any more would leave a run that says nothing about what failed once.
    expect(played.decisions.map(({ id }) => id).sort()).toEqual([...entry.decisions].sort());
  });
});
