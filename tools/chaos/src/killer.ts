import { setTimeout as pause } from 'node:timers/promises';

export type Kill = { readonly atMs: number; readonly unit: string };

export type KillerOptions = {
  /** Uniform in [0, 1), from the seed. */
  readonly chance: () => number;
  readonly pids: () => Readonly<Record<string, number>>;
  /** Whether all units serve again. */
  readonly isWell: () => Promise<boolean>;
  readonly killed: (kill: Kill) => void;
  readonly signal: AbortSignal;
};

const CALM_MIN_MS = 1_500;
const CALM_MAX_MS = 6_000;
const WELL_POLL_MS = 200;

/** Kills one process at a time with SIGKILL, each after a calm of random length in which everything has come back. */
export const killAtRandom = async ({ chance, pids, isWell, killed, signal }: KillerOptions): Promise<void> => {
  const startedAt = Date.now();
  while (!signal.aborted) {
    const calmMs = CALM_MIN_MS + chance() * (CALM_MAX_MS - CALM_MIN_MS);
    // The names are sorted so that the seed alone decides who is next.
    const units = Object.keys(pids()).sort();
    const unit = units[Math.floor(chance() * units.length)];
    await pause(calmMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const pid = unit === undefined ? undefined : pids()[unit];
    if (signal.aborted || unit === undefined || pid === undefined) continue;
    try {
      process.kill(pid, 'SIGKILL');
      killed({ atMs: Date.now() - startedAt, unit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    while (!signal.aborted && !(await isWell())) await pause(WELL_POLL_MS);
  }
};
