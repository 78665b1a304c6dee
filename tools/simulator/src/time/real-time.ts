import { randomInt } from 'node:crypto';

// The one file here that touches real time and chance: what was captured before the traps were set.
const immediately = setImmediate;
const realNow = performance.now.bind(performance);

/** Resolves when everything that was ready to go on has gone on: the next turn of the event loop. */
export const turnOfEventLoop = (): Promise<void> => new Promise((resolve) => void immediately(resolve));

/** Milliseconds that really go by, for progress and figures alone. */
export const realMs = (): number => realNow();

/** A whole number from 0 to below `below` that nobody can foresee: a seed. */
export const realDraw = (below: number): number => randomInt(below);

/** Does something every so many real milliseconds until what it returns is called. */
export const everyRealMs = (everyMs: number, work: () => void): (() => void) => {
  const timer = setInterval(work, everyMs);
  return () => clearInterval(timer);
};

/** Real milliseconds of silence after which patience is at an end, counted anew after each sign of life. */
export type Patience = { readonly sign: () => void; readonly end: () => void };

export const realPatience = (silenceMaxMs: number, isOver: () => void): Patience => {
  const timer = setTimeout(isOver, silenceMaxMs);
  return { sign: () => void timer.refresh(), end: () => clearTimeout(timer) };
};
