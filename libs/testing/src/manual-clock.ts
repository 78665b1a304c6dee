import { assert, epochMs, plusMs, type Instant } from '@murmuration/kernel';

/** A clock that stands still until it is moved. */
export type ManualClock = {
  readonly now: () => Instant;
  readonly epochMs: () => number;
  /** Moves forward and returns the new now. */
  readonly advance: (durationMs: number) => Instant;
  /** Jumps anywhere, also back, as a wall clock may. */
  readonly jumpTo: (moment: Instant) => void;
};

export const manualClock = (start: Instant): ManualClock => {
  let now = start;
  return {
    now: () => now,
    epochMs: () => epochMs(now),
    advance: (durationMs) => {
      assert(durationMs >= 0, `a clock advances by 0 ms or more, got ${durationMs}`);
      now = plusMs(now, durationMs);
      return now;
    },
    jumpTo: (moment) => {
      now = moment;
    },
  };
};
