import { type Instant, instantOfEpochMs } from '@murmuration/kernel';
import type { Pool } from 'pg';
import type {
  AgendaCause,
  AgendaChanges,
  AgendaStore,
  ApplyOutcome,
  DeadlineRow,
  OpenEffectRow,
} from '../agenda-store.port';
import { ask } from './ask';
import { APPLY, CLAIM, COUNTS, DUE_DEADLINES, OPEN_EFFECTS, RESET, type Statement } from './statements';

type ClaimRow = {
  readonly position: number;
  readonly paused_ms: number;
  readonly now_ms: number;
  readonly alive_at_ms: number | null;
};
type EffectRow = {
  readonly key: string;
  readonly effect: string;
  readonly cause: AgendaCause;
  readonly opened_at_ms: number;
  readonly attempts: number;
  readonly last_reason: string | null;
  readonly untouched_in_epoch: number | null;
  readonly next_attempt_in_ms: number;
};
type DueRow = { readonly now_ms: number } & (
  | { readonly key: null }
  | { readonly key: string; readonly due_at_ms: number; readonly ripe_at_ms: number; readonly cause: AgendaCause }
);

const instantOf = (epochMs: number): Instant => instantOfEpochMs(Math.round(epochMs));

const effectOf = (row: EffectRow): OpenEffectRow => ({
  ...{ key: row.key, effect: row.effect, cause: row.cause, openedAt: instantOf(row.opened_at_ms) },
  ...{ attempts: row.attempts, nextAttemptInMs: row.next_attempt_in_ms },
  ...(row.last_reason === null ? {} : { lastReason: row.last_reason }),
  ...(row.untouched_in_epoch === null ? {} : { untouchedInEpoch: row.untouched_in_epoch }),
});

const deadlineOf = (row: DueRow): readonly DeadlineRow[] => {
  if (row.key === null) return [];
  const { key, due_at_ms, ripe_at_ms, cause } = row;
  return [{ key, dueAt: instantOf(due_at_ms), ripeAt: instantOf(ripe_at_ms), cause }];
};

const applyValues = (changes: AgendaChanges): readonly unknown[] => {
  const { logPartition, epoch, position, pausedMs, effects, closedEffects, deadlines, clearedDeadlines } = changes;
  return [
    ...[logPartition, epoch, position, pausedMs],
    ...[effects.map(({ key }) => key), effects.map(({ effect }) => effect)],
    ...[effects.map(({ cause }) => JSON.stringify(cause)), effects.map(({ openedAt }) => openedAt)],
    ...[effects.map(({ attempts }) => attempts), effects.map(({ nextAttemptInMs }) => nextAttemptInMs)],
    ...[effects.map(({ lastReason }) => lastReason ?? null)],
    ...[effects.map(({ untouchedInEpoch }) => untouchedInEpoch ?? null), closedEffects],
    ...[deadlines.map(({ key }) => key), deadlines.map(({ dueAt }) => dueAt)],
    ...[deadlines.map(({ ripeAt }) => ripeAt), deadlines.map(({ cause }) => JSON.stringify(cause))],
    clearedDeadlines,
  ];
};

/** Keeps the agenda in the service's database, in the schema that `effectsMigrations` makes. Each call is one statement. */
export const postgresAgendaStore = (pool: Pick<Pool, 'query'>): AgendaStore => {
  const change = async (statement: Statement, values: readonly unknown[]): Promise<ApplyOutcome> => {
    const [row] = await ask<{ readonly now_ms: number }>(pool, statement, values);
    return row === undefined ? { outcome: 'fenced' } : { outcome: 'applied', now: instantOf(row.now_ms) };
  };

  return {
    claim: async (logPartition, epoch) => {
      const [row] = await ask<ClaimRow>(pool, CLAIM, [logPartition, epoch]);
      if (row === undefined) return { outcome: 'fenced' };
      const { position, paused_ms, now_ms, alive_at_ms } = row;
      return {
        ...{ outcome: 'claimed', now: instantOf(now_ms), position, pausedMs: paused_ms },
        ...(alive_at_ms === null ? {} : { aliveAt: instantOf(alive_at_ms) }),
      };
    },
    apply: (changes) => change(APPLY, applyValues(changes)),
    openEffects: async (logPartition, limit) =>
      (await ask<EffectRow>(pool, OPEN_EFFECTS, [logPartition, limit])).map(effectOf),
    dueDeadlines: async (logPartition, pausedMs, limit) => {
      const rows = await ask<DueRow>(pool, DUE_DEADLINES, [logPartition, pausedMs, limit]);
      return { now: instantOf(rows[0]?.now_ms ?? Number.NaN), deadlines: rows.flatMap(deadlineOf) };
    },
    counts: async () => {
      const [counted] = await ask<{ readonly effects: number; readonly deadlines: number }>(pool, COUNTS, []);
      return counted ?? { effects: 0, deadlines: 0 };
    },
    reset: (logPartition, epoch) => change(RESET, [logPartition, epoch]),
  };
};
