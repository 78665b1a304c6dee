import { StackError } from './stack-error';

/** A part of the stack that runs as a process of its own. */
export type Running = {
  readonly pid: number;
  /** Resolves with how it ended, e.g. `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  /** The last line that it said, if it said anything. */
  lastWords?(): string | undefined;
  /** Asks it to end and resolves once it is gone; it is killed when it takes longer than its grace period. */
  stop(): Promise<void>;
};

export type Unit = {
  readonly name: string;
  /** Starts the process; resolves as soon as there is one. */
  start(): Promise<Running>;
  /** Resolves once it serves; rejects when that takes too long. Stops looking when the signal is aborted. */
  ready(running: Running, abandoned: AbortSignal): Promise<void>;
};

export type SupervisorOptions = {
  /** A line for the person in front of it. */
  readonly say: (line: string) => void;
  /** The process behind a unit changed. */
  readonly changed: () => void;
  /** The unit is given up once it has died this often within a minute. */
  readonly deathsMax: number;
  /** The unit cannot be kept running. */
  readonly failed: (error: StackError) => void;
};

const DEATHS_WINDOW_MS = 60_000;
const RESTART_PAUSE_MS = 200;
const RESTART_PAUSE_MAX_MS = 5_000;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const withLastWords = (text: string, running: Running | undefined): string => {
  const words = running?.lastWords?.();
  return words === undefined ? text : `${text}: ${words}`;
};

/** Keeps one unit running: starts it, waits until it serves, restarts it with backoff when it dies, gives up when it keeps dying. */
export const supervise = (unit: Unit, { say, changed, deathsMax, failed }: SupervisorOptions) => {
  let stopping = false;
  let stopNow: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stopNow = resolve));
  let starting: Promise<Running> | undefined;
  let running: Running | undefined;
  let isAlive = false;
  let deaths: readonly number[] = [];

  const pause = async (durationMs: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, durationMs);
    });
    await Promise.race([over, stopped]);
    clearTimeout(timer);
  };

  const spawn = async (): Promise<Running> => {
    starting = unit.start();
    const spawned = await starting;
    running = spawned;
    isAlive = true;
    void spawned.ended.then(() => {
      if (running !== spawned) return;
      isAlive = false;
      if (!stopping) changed();
    });
    if (!stopping) changed();
    return spawned;
  };

  const stoppedEarly = (): StackError => new StackError(`${unit.name} was stopped before it was ready`);

  const launch = async (): Promise<void> => {
    const spawned = await spawn();
    if (stopping) throw stoppedEarly();
    const attempt = new AbortController();
    try {
      await Promise.race([
        unit.ready(spawned, attempt.signal),
        spawned.ended.then((how) => {
          throw new StackError(withLastWords(`${unit.name} ended before it was ready (${how})`, spawned));
        }),
        stopped.then(() => {
          throw stoppedEarly();
        }),
      ]);
    } finally {
      attempt.abort();
    }
  };

  const relaunch = async (): Promise<void> => {
    const since = Date.now();
    try {
      await launch();
      say(`${unit.name} is back (${((Date.now() - since) / 1000).toFixed(1)} s)`);
    } catch (error) {
      if (stopping) return;
      say(`${unit.name} did not come back: ${reasonOf(error)}`);
      await running?.stop();
    }
  };

  const watch = async (): Promise<void> => {
    for (;;) {
      const how = await running?.ended;
      if (stopping) return;
      const now = Date.now();
      deaths = [...deaths.filter((at) => now - at < DEATHS_WINDOW_MS), now];
      if (deaths.length >= deathsMax) {
        const told = `${unit.name} died ${deaths.length} times within a minute, the last time by ${how}`;
        failed(new StackError(withLastWords(told, running)));
        return;
      }
      const pauseMs = Math.min(RESTART_PAUSE_MAX_MS, RESTART_PAUSE_MS * 2 ** (deaths.length - 1));
      say(`${unit.name} died (${how}); starting it again in ${pauseMs} ms`);
      await pause(pauseMs);
      if (stopping) return;
      await relaunch();
    }
  };

  return {
    name: unit.name,
    /** Absent while there is no process behind the unit. */
    pid: (): number | undefined => (isAlive ? running?.pid : undefined),
    /** Resolves once the unit serves. From then on its death is mended. Rejects with a `StackError` when it does not come to serve. */
    start: async (): Promise<void> => {
      await launch();
      void watch().catch((error: unknown) => failed(new StackError(reasonOf(error))));
    },
    /** Also of a unit that is still being started; resolves once no process is left. */
    stop: async (): Promise<void> => {
      stopping = true;
      stopNow();
      // A start that fails has left nothing to stop, and has been told of by whoever waits for it.
      const latest = await starting?.catch(() => undefined);
      await latest?.stop();
    },
  };
};

export type Supervised = ReturnType<typeof supervise>;
