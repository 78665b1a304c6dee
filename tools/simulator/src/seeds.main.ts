import { parentPort, workerData } from 'node:worker_threads';
import { runSeed, type SeedRange } from './hunt/hunt';

const { first, stride, end } = workerData as SeedRange; // because hunt starts this worker with nothing else

const work = async (): Promise<void> => {
  for (let seed = first; seed < end; seed += stride) parentPort?.postMessage(await runSeed(seed));
};

void work();
