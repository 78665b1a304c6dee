// The one file here that touches real time: what was captured before the traps were set.
const immediately = setImmediate;
const realNow = performance.now.bind(performance);

/** Resolves when everything that was ready to go on has gone on: the next turn of the event loop. */
export const turnOfEventLoop = (): Promise<void> => new Promise((resolve) => void immediately(resolve));

/** Milliseconds that really go by, for progress and figures alone. */
export const realMs = (): number => realNow();
