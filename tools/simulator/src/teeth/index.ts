import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import pc from 'picocolors';
import { biteInto, type Bite } from './bite';
import type { Bug } from './bug';
import { BUGS } from './bugs';

export type TeethOptions = {
  /** Only the bug of this name. All of them by default. */
  readonly bug?: string;
  /** Seeds that each bug has to get away in. */
  readonly runs?: number;
  readonly seed?: number;
  /** Bugs hunted at one time. */
  readonly jobs?: number;
  readonly root?: string;
  readonly say?: (line: string) => void;
};

const RUNS = 2_000;
const FIRST_SEED = 1;
const RUN_MAX_MS = 120_000;
const AS_IT_IS = 'the code as it is';

/** Does something for each item, a bounded number at a time. */
const eachOf = async <Item>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
};

const outcomeOf = ({ runs, caught, broke }: Bite): string => {
  if (caught !== undefined) return `${caught.finding.invariant} at seed ${caught.seed}: ${caught.finding.finding}`;
  return broke ?? `got away in ${runs} runs`;
};

const tableOf = (bites: readonly Bite[]): string => {
  const table = new Table({
    head: ['planted bug', 'caught', 'runs', 'by', 'as'],
    ...{ style: { head: [], border: [] }, colAligns: ['left', 'left', 'right', 'left', 'left'] },
    ...{ colWidths: [40, null, null, null, 80], wordWrap: true },
  });
  for (const { bug, caught, runs, broke } of bites)
    table.push([
      bug?.name ?? AS_IT_IS,
      caught === undefined ? 'no' : 'yes',
      runs,
      caught?.finding.invariant ?? '',
      caught?.finding.finding ?? broke ?? '',
    ]);
  return table.toString();
};

/**
 * Plants every bug in turn and hunts for it; then lets the code as it is run the same seeds, in which nothing may be found.
 * Resolves to an exit code: 0 when every bug was caught and nothing else was.
 */
export const runTeeth = async (options: TeethOptions = {}): Promise<number> => {
  const { runs = RUNS, seed = FIRST_SEED, jobs = availableParallelism(), root = process.cwd() } = options;
  const { say = (line) => void process.stdout.write(`${line}\n`) } = options;
  const bugs = options.bug === undefined ? BUGS : BUGS.filter(({ name }) => name === options.bug);
  if (bugs.length === 0) {
    say(`there is no bug "${options.bug ?? ''}", only: ${BUGS.map(({ name }) => name).join(', ')}`);
    return 1;
  }
  const found = new Map<Bug, Bite>();
  await eachOf(bugs, jobs, async (bug) => {
    const bite = await biteInto(bug, { root, seed, runs, runMaxMs: RUN_MAX_MS });
    found.set(bug, bite);
    const paint = bite.caught === undefined ? pc.red : pc.green;
    say(`${paint(bug.name)} ${pc.dim(`(${bug.says})`)}: after ${bite.runs} runs, ${outcomeOf(bite)}`);
  });
  const bites = bugs.flatMap((bug) => found.get(bug) ?? []);
  const seeds = Math.max(...bites.map((bite) => bite.runs));
  say(`the code as it is runs the same ${seeds} seeds`);
  const clean = await biteInto(undefined, { root, seed, runs: seeds, runMaxMs: RUN_MAX_MS });
  say(tableOf([...bites, clean]));
  const away = bites.filter(({ caught }) => caught === undefined);
  say(`${bites.length - away.length} of ${bites.length} planted bugs caught`);
  for (const { bug } of away) say(pc.red(`not caught: ${bug?.name ?? ''}`));
  const isClean = clean.caught === undefined && clean.broke === undefined;
  if (!isClean) say(pc.red(`${AS_IT_IS} is not clean: ${outcomeOf(clean)}`));
  return away.length === 0 && isClean ? 0 : 1;
};
