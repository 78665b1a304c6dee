import { once } from 'node:events';
import { StackError } from './stack-error';

/** A part of the stack that runs as a process of its own. */
export type Running = {
  readonly pid: number;
  /** Resolves with how it ended, e.g. `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks it to end and resolves once it is gone; it is killed when it takes longer than its grace period. */
  stop(): Promise<void>;
};

export type Unit = {
  readonly name: string;
  /** Starts the process; resolves as soon as there is one. */
  start(): Promise<Running>;
  /** Resolves once it serves; rejects when it does not within `READY_WITHIN_MS`. Stops looking when the signal is aborted. */
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

const abortion = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, 'abort');
  throw new StackError('stopping');
};

/** Keeps one unit running: starts it, waits until it serves, restarts it with backoff when it dies, gives up when it keeps dying. */
export const supervise = (unit: Unit, { say, changed, deathsMax, failed }: SupervisorOptions) => {
  const stopping = new AbortController();
  let running: Running | undefined;
  let deaths: number[] = [];

  const launch = async (): Promise<void> => {
    running = await unit.start();
    changed();
    const { ended } = running;
    const attempt = new AbortController();
    try {
      await Promise.race([
        unit.ready(running, attempt.signal),
        ended.then((how) => Promise.reject(new StackError(`${unit.name} ended before it was ready (${how})`))),
        abortion(stopping.signal),
      ]);
    } finally {
      attempt.abort();
    }
  };

  const watch = async (): Promise<void> => {
    for (;;) {
      const how = await running?.ended;
      if (stopping.signal.aborted) return;
      const now = Date.now();
      deaths = [...deaths.filter((at) => now - at < DEATHS_WINDOW_MS), now];
      if (deaths.length >= deathsMax) {
        failed(new StackError(`${unit.name} died ${deaths.length} times within a minute, the last time by ${how}`));
        return;
      }
      const pauseMs = Math.min(RESTART_PAUSE_MAX_MS, RESTART_PAUSE_MS * 2 ** (deaths.length - 1));
      say(`${unit.name} died (${how}); starting it again in ${pauseMs} ms`);
      await new Promise((wake) => setTimeout(wake, pauseMs));
      if (stopping.signal.aborted) return;
      try {
        await launch();
        say(`${unit.name} is back`);
      } catch (error) {
        if (stopping.signal.aborted) return;
        say(`${unit.name} did not come back: ${error instanceof Error ? error.message : String(error)}`);
        await running?.stop();
      }
    }
  };

  return {
    name: unit.name,
    pid: (): number | undefined => running?.pid,
    /** Resolves once the unit serves. From then on its death is mended. */
    start: async (): Promise<void> => {
      await launch();
      void watch().catch((error: unknown) => failed(new StackError(String(error))));
    },
    stop: async (): Promise<void> => {
      stopping.abort();
      await running?.stop();
    },
  };
};

export type Supervised = ReturnType<typeof supervise>;
