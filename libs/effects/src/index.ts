export { AGENDA_LIMITS, type AgendaLimits } from './agenda-limits';
export type { AgendaListener, EffectCall } from './agenda-listener';
export type * from './agenda-store.port';
export { AgendaCore, type AgendaCoreOptions, type StepOutcome } from './core/agenda-core';
export type { ExecutedCommand } from './core/effect-caller';
export { EFFECTS_ERRORS, EffectsError, type EffectsErrorCode } from './effects-error';
export { memoryAgendaStore } from './memory/memory-agenda-store';
export { portsByType, type PortsByType } from './ports-by-type';
export { type AgendaStatus, type RunAgendaOptions, type RunningAgenda, runAgenda } from './run-agenda';
