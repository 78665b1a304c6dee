import { instantOfEpochMs } from '@murmuration/kernel';
import type { Clock } from './clock.port';

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => instantOfEpochMs(Date.now()),
  after: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
};
