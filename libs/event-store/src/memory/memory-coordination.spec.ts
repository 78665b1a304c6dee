import { instantOfEpochMs } from '@murmuration/kernel';
import { coordinationContract } from '../coordination.contract';
import { memoryCoordination } from './memory-coordination';

coordinationContract('memory coordination', () => {
  let nowMs = Date.UTC(2026, 2, 1);
  const coordination = memoryCoordination({ now: () => instantOfEpochMs(nowMs) });
  const pass = (durationMs: number): Promise<void> => {
    nowMs += durationMs;
    return Promise.resolve();
  };
  return Promise.resolve({ coordination, pass });
});
