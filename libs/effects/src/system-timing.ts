import { type Instant, instantOfEpochMs } from '@murmuration/kernel';
import type { Timing } from './timing.port';

/** The machine's clock and timers, and chance that no run repeats. */
export const systemTiming: Timing = {
  monotonicMs: () => performance.now(),
  after: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
  chance: Math.random,
};

/** The machine's wall clock. */
export const systemNow = (): Instant => instantOfEpochMs(Date.now());
