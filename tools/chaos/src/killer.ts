import { setTimeout as timer } from 'node:timers/promises';
import { assert } from '@murmuration/kernel';
import type { Chance } from '@murmuration/testing';

export type PlannedKill = {
  readonly unit: string;
  /** How long everything has been well before. */
  readonly calmMs: number;
};

const CALM_MIN_MS = 1_500;
const CALM_MAX_MS = 6_000;

/** Kills without end, the same ones for the same chance: every unit once in each round, in a new order. */
export function* killPlan(
  chance: Pick<Chance, 'integer' | 'shuffle'>,
  units: readonly string[],
): Generator<PlannedKill> {
  assert(units.length > 0, 'there is somebody to kill');
  const sorted = [...units].sort();
  for (;;) {
    for (const unit of chance.shuffle(sorted)) yield { unit, calmMs: chance.integer(CALM_MIN_MS, CALM_MAX_MS) };
  }
}

export type Kill = {
  readonly unit: string;
  /** From the kill until everything was well again; absent when that was not seen any more. */
  readonly backAfterMs?: number;
};

export type KillerOptions = {
  readonly plan: Iterator<PlannedKill>;
  /** By unit; a unit that is down has none. */
  readonly pids: () => Readonly<Record<string, number>>;
  /** Whether all units serve. */
  readonly isWell: () => Promise<boolean>;
  readonly killing: (unit: string) => void;
  readonly isBack: (unit: string, afterMs: number) => void;
  readonly signal: AbortSignal;
  readonly wellPollMs?: number;
};

const WELL_POLL_MS = 100;
/** Looks in a row that must find everything well: right after a kill the others have not noticed yet. */
const WELL_LOOKS = 5;

const pause = async (durationMs: number, signal: AbortSignal): Promise<void> => {
  await timer(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
};

const killed = (pid: number): boolean => {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};

/** Resolves to how long it took until a new process of the unit was there and all were well; undefined when aborted before. */
const recovery = async (
  unit: string,
  pid: number,
  { pids, isWell, signal, wellPollMs = WELL_POLL_MS }: KillerOptions,
): Promise<number | undefined> => {
  const sinceMs = performance.now();
  let looks = 0;
  let wellAtMs = 0;
  while (looks < WELL_LOOKS) {
    if (signal.aborted) return undefined;
    const successor = pids()[unit];
    const isBack = successor !== undefined && successor !== pid && (await isWell());
    if (isBack && looks === 0) wellAtMs = performance.now();
    looks = isBack ? looks + 1 : 0;
    if (looks < WELL_LOOKS) await pause(wellPollMs, signal);
  }
  return Math.round(wellAtMs - sinceMs);
};

/** Kills one process at a time with SIGKILL, each after a calm in which everything is well. Resolves to the kills once aborted. */
export const killByPlan = async (options: KillerOptions): Promise<readonly Kill[]> => {
  const { plan, pids, killing, isBack, signal } = options;
  const kills: Kill[] = [];
  while (!signal.aborted) {
    const next = plan.next();
    if (next.done) break;
    const { unit, calmMs } = next.value;
    await pause(calmMs, signal);
    const pid = pids()[unit];
    if (signal.aborted || pid === undefined || !killed(pid)) continue;
    killing(unit);
    const backAfterMs = await recovery(unit, pid, options);
    kills.push({ unit, ...(backAfterMs === undefined ? {} : { backAfterMs }) });
    if (backAfterMs !== undefined) isBack(unit, backAfterMs);
  }
  return kills;
};
