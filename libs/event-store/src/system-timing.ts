/** The machine's timers, and chance that no run repeats. */
export const systemTiming = {
  chance: Math.random,
  sleep: (durationMs: number): Promise<void> => new Promise((wake) => setTimeout(wake, durationMs)),
};
