import { instant } from '@murmuration/kernel';
import { decisionsOf } from '../faults/decisions';
import { turnOfEventLoop } from '../time/real-time';
import { virtualTime } from '../time/virtual-time';
import type { Surroundings } from './process';

const FAR_MS = Number.MAX_SAFE_INTEGER;

/** Surroundings without faults whose time goes on by itself as long as a test waits for it. */
export const pumpedSurroundings = (): Surroundings & {
  readonly pass: (durationMs: number) => Promise<void>;
  readonly stop: () => void;
} => {
  const time = virtualTime(instant('2026-03-01T09:00:00.000Z'));
  let stopped = false;
  const pump = async (): Promise<void> => {
    while (!stopped) {
      if (time.hasTimers()) time.advance(FAR_MS);
      await turnOfEventLoop();
    }
  };
  void pump();
  return {
    time,
    decisions: decisionsOf({ seed: 1, probabilities: new Map(), nowMs: time.nowMs }),
    pass: (durationMs) => new Promise((resume) => void time.after(durationMs, resume)),
    stop: () => {
      stopped = true;
    },
  };
};
