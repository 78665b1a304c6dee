import type { SettledEffect } from '@murmuration/kernel';

export type EffectCall = 'perform' | 'query';

/** What a runner tells whoever measures it. `kind` is the effect's `type`. A listener must not throw. */
export type AgendaListener = {
  readonly opened?: (kind: string, key: string) => void;
  readonly called?: (kind: string, call: EffectCall, outcome: string, durationMs: number) => void;
  /** A call ended without a clear answer and another one follows. */
  readonly retried?: (kind: string, key: string, next: EffectCall, afterMs: number, reason: string) => void;
  readonly settled?: (
    kind: string,
    key: string,
    outcome: SettledEffect<unknown>['outcome'],
    openedForMs: number,
  ) => void;
  /** A settled outcome or a fired deadline led to a rejection or to no event: the world had moved on. */
  readonly stale?: (key: string, rejection: string | undefined) => void;
  readonly fired?: (key: string, lateMs: number) => void;
  readonly paused?: (forMs: number) => void;
  readonly termBegan?: (logPartition: number, epoch: number) => void;
  readonly termEnded?: (logPartition: number, reason: string) => void;
  readonly failed?: (error: unknown, doing: string) => void;
};
