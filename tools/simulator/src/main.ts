import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { corpusEntryOf, corpusFileOf } from './hunt/corpus';
import { drawRun } from './hunt/draw-run';
import { hunt } from './hunt/hunt';
import { neverReached, reportOf } from './hunt/report';
import { totals, type RunSummary } from './hunt/totals';
import { planOf } from './plan/plan';
import { shrink } from './run/shrink';
import { simulate } from './run/simulate';
import { everyRealMs, realDraw, realMs } from './time/real-time';
import { withTraps } from './time/traps';

type Options = {
  readonly runs?: number;
  readonly seed?: number;
  readonly jobs: number;
};

const SEED_MAX = 2 ** 31;
const RUNS_MAX = 100_000_000;
const RUNS = 1_000;
const JOBS_MAX = 64;
const PROGRESS_EVERY_MS = 2_000;
/** Fewer runs than these need not have come to every rare state. */
const RUNS_FOR_RARE_STATES = 500;
const FAILURES_SHOWN_MAX = 5;
const CORPUS = join('tools', 'simulator', 'corpus');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`);
    return value;
  };

const readOptions = (): Options =>
  new Command('npm run simulate --')
    .description(
      'Runs the real code of the flock in one process on virtual time, under faults that a seed decides, and checks the invariants after every step.',
    )
    .option('--runs <n>', `how many seeds to run, from --seed on; ${RUNS} by default`, whole(1, RUNS_MAX))
    .option('--seed <n>', 'the first seed; without --runs, replays this one and draws it', whole(0, SEED_MAX))
    .option('--jobs <n>', 'threads', whole(1, JOBS_MAX), availableParallelism())
    .allowExcessArguments(false)
    .parse()
    .opts<Options>();

const figures = (orders: number, faults: number, sinceMs: number): string => {
  const seconds = (realMs() - sinceMs) / 1000;
  return `${Math.round(orders / seconds)} sagas/s, ${Math.round(faults / seconds)} faults/s`;
};

const sumOf = (counts: Iterable<readonly [string, number]>): number =>
  [...counts].reduce((sum, [, count]) => sum + count, 0);

/** Shrinks a failing run, draws it, and writes it down for ever. */
const explain = async (seed: number): Promise<void> => {
  const plan = planOf(seed);
  const { result } = await withTraps(() => simulate(plan));
  if (result.findings.length === 0) return;
  tell(`seed ${seed}: shrinking ${result.decisions.length} decisions`);
  const { result: shrunk } = await withTraps(() => shrink(plan, result));
  const entry = corpusEntryOf(plan, shrunk);
  const file = join(CORPUS, corpusFileOf(entry));
  mkdirSync(CORPUS, { recursive: true });
  writeFileSync(file, `${JSON.stringify(entry, null, 2)}\n`);
  say(pc.bold(`\nseed ${seed}, ${shrunk.decisions.length} of ${result.decisions.length} decisions:`));
  for (const { id, atMs } of shrunk.result.decisions) say(`  ${String(atMs).padStart(6)} ms  ${id}`);
  for (const { invariant, finding, subject } of shrunk.result.findings)
    say(pc.red(`  ${invariant}: ${subject}: ${finding}`));
  say(`\n${drawRun(shrunk.result)}`);
  say(`written to ${file}; npm run simulate -- --seed ${seed} plays the whole run again`);
};

const replay = async (seed: number): Promise<number> => {
  const { result, sprung } = await withTraps(() => simulate(planOf(seed), { traced: true }));
  for (const { id, atMs } of result.decisions) say(`${String(atMs).padStart(6)} ms  ${id}`);
  for (const { invariant, finding, subject } of result.findings) say(pc.red(`${invariant}: ${subject}: ${finding}`));
  for (const name of sprung) say(pc.red(`trap: the code used ${name}`));
  const ends = [...result.statuses].map(([orderId, status]) => `${orderId} ${status}`);
  say(ends.join('\n'));
  say(
    `seed ${seed}: ${result.statuses.size} orders, ${result.steps} steps, ${result.virtualMs} virtual ms, trace ${result.hash}`,
  );
  if (result.findings.length > 0) await explain(seed);
  return result.findings.length + sprung.length > 0 ? 1 : 0;
};

const huntMany = async (seed: number, runs: number, jobs: number): Promise<number> => {
  const startedMs = realMs();
  const all = totals();
  const failed: RunSummary[] = [];
  say(`${runs} runs from seed ${seed} in ${jobs} ${jobs === 1 ? 'thread' : 'threads'}`);
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
  const stopProgress = everyRealMs(PROGRESS_EVERY_MS, () => {
    const rate = figures(all.orders(), sumOf(all.faults()), startedMs);
    tell(pc.dim(`${all.runs()} of ${runs} runs, ${all.orders()} sagas, ${rate}, ${failed.length} failed`));
  });
  process.once('SIGINT', hunting.stop);
  await hunting.over;
  stopProgress();
  say(reportOf(all));
  const virtualHours = (all.virtualMs() / 3_600_000).toFixed(1);
  say(`${all.runs()} runs, ${all.orders()} sagas, ${sumOf(all.faults())} faults, ${virtualHours} virtual hours`);
  say(`${figures(all.orders(), sumOf(all.faults()), startedMs)} in ${jobs} ${jobs === 1 ? 'thread' : 'threads'}`);
  const missing = all.runs() < RUNS_FOR_RARE_STATES ? [] : neverReached(all);
  for (const name of missing) say(pc.red(`never came about: ${name}`));
  if (failed.length > 0)
    say(
      pc.red(
        `${failed.length} runs failed: seeds ${failed
          .map((run) => run.seed)
          .slice(0, 50)
          .join(', ')}`,
      ),
    );
  for (const run of failed.slice(0, FAILURES_SHOWN_MAX)) await explain(run.seed);
  const isWhole = all.runs() === runs;
  if (!isWhole) say(pc.red(`stopped after ${all.runs()} of ${runs} runs`));
  if (failed.length === 0 && missing.length === 0 && isWhole) say(pc.green('every invariant held in every run'));
  return failed.length + missing.length === 0 && isWhole ? 0 : 1;
};

const main = async (): Promise<void> => {
  const { runs, seed, jobs } = readOptions();
  if (seed !== undefined && runs === undefined) process.exitCode = await replay(seed);
  else process.exitCode = await huntMany(seed ?? realDraw(SEED_MAX), runs ?? RUNS, jobs);
};

void main();
