import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Finding } from '../oracle/findings';
import { realPatience } from '../time/real-time';
import type { Bug } from './bug';
import { buildWith } from './patched-build';

/** Seeds to run, one after another. */
export type HuntOrder = { readonly seed: number; readonly runs: number };

/** One run of them and what did not hold in it. */
export type BiteReport = { readonly run: number; readonly seed: number; readonly findings: readonly Finding[] };

/** What became of a bug. */
export type Bite = {
  /** Undefined for the code as it is. */
  readonly bug: Bug | undefined;
  readonly runs: number;
  /** The run in which it showed first; absent when it got away. */
  readonly caught?: { readonly seed: number; readonly finding: Finding };
  /** Why the hunt did not come to its end. */
  readonly broke?: string;
};

export type BiteOptions = HuntOrder & {
  readonly root: string;
  /** A run that takes longer than this is taken for one that never ends. */
  readonly runMaxMs: number;
};

/** Within the repository, so that packages are found from there. */
const FOLDER = ['dist', 'tools', 'simulator-teeth'];
let written = 0;

/** Plants a bug in the simulator's build and runs seeds, in a thread of its own, until an invariant breaks. */
export const biteInto = async (bug: Bug | undefined, { root, seed, runs, runMaxMs }: BiteOptions): Promise<Bite> => {
  const folder = join(root, ...FOLDER);
  const script = join(folder, `${process.pid}-${++written}.cjs`);
  try {
    const code = await buildWith(root, bug);
    await mkdir(folder, { recursive: true });
    await writeFile(script, code);
    return await watchHunt(bug, script, { seed, runs }, runMaxMs);
  } catch (error) {
    return { bug, runs: 0, broke: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(script, { force: true });
  }
};

const watchHunt = (bug: Bug | undefined, script: string, order: HuntOrder, runMaxMs: number): Promise<Bite> =>
  new Promise((resolve) => {
    const worker = new Worker(script, { workerData: order });
    let last: BiteReport = { run: 0, seed: order.seed - 1, findings: [] };
    let isOver = false;
    const end = (outcome: Pick<Bite, 'caught' | 'broke'>): void => {
      if (isOver) return;
      isOver = true;
      patience.end();
      void worker.terminate();
      resolve({ bug, runs: last.run, ...outcome });
    };
    const patience = realPatience(runMaxMs, () =>
      end({ broke: `the run after seed ${last.seed} takes longer than ${runMaxMs} ms` }),
    );
    worker.on('message', (report: BiteReport) => {
      last = report;
      patience.sign();
      const [finding] = report.findings;
      if (finding !== undefined) end({ caught: { seed: report.seed, finding } });
    });
    worker.on('error', (error) => end({ broke: error.message }));
    worker.on('exit', () => end({}));
  });
