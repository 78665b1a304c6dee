/** Time and chance as a runner knows them: how long something takes, never when it happens. */
export type Timing = {
  /** Milliseconds of a clock that never jumps, from wherever it counts. */
  readonly monotonicMs: () => number;
  /** Calls once after the delay, in milliseconds. Returns what cancels it. */
  readonly after: (delayMs: number, fire: () => void) => () => void;
  /** Uniform in [0, 1). */
  readonly chance: () => number;
};

/** Resolves after the delay. */
export const sleep = ({ after }: Pick<Timing, 'after'>, delayMs: number): Promise<void> =>
  new Promise((resolve) => void after(delayMs, resolve));
