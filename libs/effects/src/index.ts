export { AGENDA_LIMITS, type AgendaLimits } from './agenda-limits';
export type { AgendaListener, EffectCall } from './agenda-listener';
export type * from './agenda-store.port';
export { AgendaCore, type AgendaCoreOptions, type StepOutcome } from './core/agenda-core';
export type { ExecutedCommand } from './core/effect-caller';
export { EFFECTS_ERRORS, EffectsError, type EffectsErrorCode } from './effects-error';
export { memoryAgendaStore } from './memory/memory-agenda-store';
export { portsByType, type PortsByType } from './ports-by-type';
export { type AgendaStatus, type RunAgendaOptions, type RunningAgenda, runAgenda } from './run-agenda';
export { effectsMigrations } from './postgres/migrations';
export { postgresAgendaStore } from './postgres/postgres-agenda-store';
export {
  compareProjection,
  type CompareProjectionOptions,
  type Making,
  type MakingsOf,
  type ProjectionComparison,
} from './projection/compare-projection';
export { memoryProjectionStore, type MemoryProjectionStore } from './projection/memory-projection-store';
export type * from './projection/projection-store.port';
export {
  PROJECTION_LIMITS,
  type ProjectionLimits,
  runProjection,
  type RunningProjection,
  type RunProjectionOptions,
} from './projection/run-projection';
export { systemTiming } from './system-timing';
export type { Timing } from './timing.port';
export { Bell } from './lease/bell';
export { type Term, type WorkUnderLease, type WorkUnderLeaseOptions, workUnderLease } from './lease/work-under-lease';
export type * from './ledger/ledger-book';
export { ledgerBookSql, postgresLedgerBook, type PostgresLedgerBookOptions } from './ledger/postgres-ledger-book';
