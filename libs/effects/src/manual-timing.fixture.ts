import { type Instant, instantOfEpochMs } from '@murmuration/kernel';
import type { Timing } from './timing.port';

/** Time that stands still until it is moved, and with it the wall clock `now`. */
export type ManualTiming = Timing & {
  readonly now: () => Instant;
  /** Fires what comes due, in order, and lets what it woke go on in between. */
  readonly pass: (durationMs: number) => Promise<void>;
};

const START_MS = Date.UTC(2026, 2, 1, 9, 30);
/** Turns of the event loop in which everything that is ready has gone on. */
const TURNS = 3;

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export const manualTiming = (): ManualTiming => {
  let nowMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly fire: () => void }>();
  return {
    monotonicMs: () => nowMs,
    now: () => instantOfEpochMs(START_MS + nowMs),
    chance: () => 0.5,
    after: (delayMs, fire) => {
      const timer = { dueMs: nowMs + delayMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass: async (durationMs) => {
      const untilMs = nowMs + durationMs;
      for (;;) {
        await settled();
        const [next] = [...timers].sort((left, right) => left.dueMs - right.dueMs);
        if (next === undefined || next.dueMs > untilMs) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.dueMs);
        next.fire();
      }
      nowMs = untilMs;
    },
  };
};
