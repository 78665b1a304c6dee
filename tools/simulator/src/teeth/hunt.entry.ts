import { parentPort, workerData } from 'node:worker_threads';
import type { Finding } from '../oracle/findings';
import { planOf } from '../plan/plan';
import { simulate } from '../run/simulate';
import { withTraps } from '../time/traps';
import type { BiteReport, HuntOrder } from './bite';

const findingsOf = async (seed: number): Promise<readonly Finding[]> => {
  try {
    const { result, sprung } = await withTraps(() => simulate(planOf(seed)));
    const traps = sprung.map((name): Finding => ({ invariant: 'trap', finding: `used ${name}`, subject: 'the code' }));
    return [...result.findings, ...traps];
  } catch (error) {
    return [
      { invariant: 'trap', finding: error instanceof Error ? error.message : String(error), subject: 'the code' },
    ];
  }
};

const report = (message: BiteReport): void => parentPort?.postMessage(message);

const hunt = async ({ seed, runs }: HuntOrder): Promise<void> => {
  for (let run = 1; run <= runs; run++) {
    const findings = await findingsOf(seed + run - 1);
    report({ run, seed: seed + run - 1, findings });
    if (findings.length > 0) return;
  }
};

void hunt(workerData as HuntOrder); // because whoever starts this thread gives it one
