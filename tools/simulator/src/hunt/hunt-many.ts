import pc from 'picocolors';
import { say, tell } from '../say';
import { everyRealMs, realMs } from '../time/real-time';
import { explain } from './explain';
import { hunt } from './hunt';
import { neverReached, reportOf } from './report';
import { totals, type RunSummary } from './totals';

const PROGRESS_EVERY_MS = 2_000;
/** Fewer runs than these need not have come to every rare state. */
const RUNS_FOR_RARE_STATES = 500;
const FAILURES_EXPLAINED_MAX = 5;
const SEEDS_LISTED_MAX = 50;

const figures = (orders: number, faults: number, sinceMs: number): string => {
  const seconds = (realMs() - sinceMs) / 1000;
  return `${Math.round(orders / seconds)} sagas/s, ${Math.round(faults / seconds)} faults/s`;
};

const sumOf = (counts: Iterable<readonly [string, number]>): number =>
  [...counts].reduce((sum, [, count]) => sum + count, 0);

/** Runs many seeds, shows how it goes, reports, and explains what failed. Resolves to an exit code. */
export const huntMany = async (seed: number, runs: number, jobs: number): Promise<number> => {
  const startedMs = realMs();
  const all = totals();
  const failed: RunSummary[] = [];
  const threads = `${jobs} ${jobs === 1 ? 'thread' : 'threads'}`;
  say(`${runs} runs from seed ${seed} in ${threads}`);
  const hunting = hunt({
    ...{ seed, runs, jobs },
    onRun: (run) => {
      all.add(run);
      const [finding] = run.findings;
      if (finding === undefined) return;
      failed.push(run);
      tell(pc.red(`seed ${run.seed}: ${finding.invariant}: ${finding.subject}: ${finding.finding}`));
    },
  });
  const rate = (): string => figures(all.orders(), sumOf(all.faults()), startedMs);
  const stopProgress = everyRealMs(PROGRESS_EVERY_MS, () =>
    tell(pc.dim(`${all.runs()} of ${runs} runs, ${all.orders()} sagas, ${rate()}, ${failed.length} failed`)),
  );
  process.once('SIGINT', hunting.stop);
  await hunting.over;
  stopProgress();
  const inAll = rate();
  say(reportOf(all));
  const virtualHours = (all.virtualMs() / 3_600_000).toFixed(1);
  say(`${all.runs()} runs, ${all.orders()} sagas, ${sumOf(all.faults())} faults, ${virtualHours} virtual hours`);
  say(`${inAll} in ${threads}`);
  const missing = all.runs() < RUNS_FOR_RARE_STATES ? [] : neverReached(all);
  for (const name of missing) say(pc.red(`never came about: ${name}`));
  const seeds = failed.map((run) => run.seed).sort((left, right) => left - right);
  if (seeds.length > 0)
    say(pc.red(`${seeds.length} runs failed: seeds ${seeds.slice(0, SEEDS_LISTED_MAX).join(', ')}`));
  for (const failing of seeds.slice(0, FAILURES_EXPLAINED_MAX)) await explain(failing);
  const isWhole = all.runs() === runs;
  if (!isWhole) say(pc.red(`stopped after ${all.runs()} of ${runs} runs`));
  const isGood = failed.length + missing.length === 0 && isWhole;
  if (isGood) say(pc.green('every invariant held in every run'));
  return isGood ? 0 : 1;
};
