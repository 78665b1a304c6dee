import type { Instant } from '@murmuration/kernel';

/** The event that opened an effect or set a deadline, as far as the command that comes of it must know it. */
export type AgendaCause = {
  readonly eventId: string;
  readonly correlationId: string;
  readonly hop: number;
  readonly traceparent?: string;
};

/** An effect that is open where the log was read to. */
export type OpenEffectRow = {
  readonly key: string;
  /** JSON text. */
  readonly effect: string;
  readonly cause: AgendaCause;
  /** By the database clock: when the event that opened it was recorded. */
  readonly openedAt: Instant;
  /** How many calls have ended without a clear answer. */
  readonly attempts: number;
  /** From the moment of the call to the store on; 0 when it is due already. */
  readonly nextAttemptInMs: number;
  readonly lastReason?: string;
  /** The epoch of the runner that surely had not called yet when it wrote this, nor has it kept the effect in mind since. */
  readonly untouchedInEpoch?: number;
};

export type DeadlineRow = {
  readonly key: string;
  readonly dueAt: Instant;
  /**
   * `dueAt` on the deadline clock, which stands still during our own outages: it is `dueAt` less all of the clock's pauses
   * up to the moment when the deadline was set.
   */
  readonly ripeAt: Instant;
  readonly cause: AgendaCause;
};

/** All that a stretch of a service's log means for its agenda, and what else its runner wants to be remembered. */
export type AgendaChanges = {
  readonly logPartition: number;
  /** Of the runner's lease. */
  readonly epoch: number;
  /** How far the log was read; the rows are complete up to here. */
  readonly position: number;
  /** How long the deadline clock has stood still, in all. */
  readonly pausedMs: number;
  /** Newly open or rescheduled; a row of the same key is replaced. A key is not in `closedEffects` as well. */
  readonly effects: readonly OpenEffectRow[];
  readonly closedEffects: readonly string[];
  /** A row of the same key is replaced. A key is not in `clearedDeadlines` as well. */
  readonly deadlines: readonly DeadlineRow[];
  readonly clearedDeadlines: readonly string[];
};

export type ApplyOutcome =
  | { readonly outcome: 'applied'; readonly now: Instant }
  /** A newer epoch has claimed the agenda, or the position would go back; nothing was changed. */
  | { readonly outcome: 'fenced' };

export type ClaimOutcome =
  | {
      readonly outcome: 'claimed';
      readonly now: Instant;
      /** 0 when the log was never read. */
      readonly position: number;
      readonly pausedMs: number;
      /** When a runner last applied anything, or one claimed for the first time: `pausedMs` is what was known then. */
      readonly aliveAt?: Instant;
    }
  | { readonly outcome: 'fenced' };

/**
 * The open effects and deadlines of one service, per partition of its log: a projection that can be rebuilt from zero. Every
 * instant it gives is the database clock's. Rejects with `EffectsError` when the database cannot be asked.
 */
export type AgendaStore = {
  /** Begins a runner's term: whatever an older epoch tries to apply from now on is fenced. */
  claim(logPartition: number, epoch: number): Promise<ClaimOutcome>;
  /** All or nothing. */
  apply(changes: AgendaChanges): Promise<ApplyOutcome>;
  /** Those whose next attempt comes first. */
  openEffects(logPartition: number, limit: number): Promise<readonly OpenEffectRow[]>;
  /** Those that are ripe by the deadline clock, which has stood still for `pausedMs`; the ripest first. Costs O(due). */
  dueDeadlines(
    logPartition: number,
    pausedMs: number,
    limit: number,
  ): Promise<{ readonly now: Instant; readonly deadlines: readonly DeadlineRow[] }>;
  /** What is open in all log partitions together. Costs O(open). */
  counts(): Promise<{ readonly effects: number; readonly deadlines: number }>;
  /** Forgets all rows and returns to position 0, from where the runner of this epoch reads everything anew. */
  reset(logPartition: number, epoch: number): Promise<ApplyOutcome>;
};
