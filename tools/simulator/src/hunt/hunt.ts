import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { planOf } from '../plan/plan';
import { simulate } from '../run/simulate';
import { withTraps } from '../time/traps';
import { summaryOf, type RunSummary } from './totals';

/** The seeds that one worker is to run: from `first` on, every `stride`-th, below `end`. */
export type SeedRange = { readonly first: number; readonly stride: number; readonly end: number };

export const runSeed = async (seed: number): Promise<RunSummary> => {
  const { result, sprung } = await withTraps(() => simulate(planOf(seed)));
  return summaryOf(result, sprung);
};

/** A run makes much that does not live long. */
const NURSERY_MB = 64;

export type HuntOptions = {
  readonly seed: number;
  readonly runs: number;
  readonly jobs: number;
  readonly onRun: (run: RunSummary) => void;
};

/** Runs many seeds, in as many threads as jobs are wanted. `stop` ends it early. */
export const hunt = ({
  seed,
  runs,
  jobs,
  onRun,
}: HuntOptions): { readonly over: Promise<void>; readonly stop: () => void } => {
  const workers = Array.from({ length: Math.min(jobs, runs) }, (_, nth) => {
    const range: SeedRange = { first: seed + nth, stride: jobs, end: seed + runs };
    return new Worker(join(__dirname, 'seeds.main.js'), {
      workerData: range,
      resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
    });
  });
  const ends = workers.map(
    (worker) =>
      new Promise<void>((resolve, reject) => {
        worker.on('message', onRun);
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      }),
  );
  return {
    over: Promise.all(ends).then(() => undefined),
    stop: () => {
      for (const worker of workers) void worker.terminate();
    },
  };
};
