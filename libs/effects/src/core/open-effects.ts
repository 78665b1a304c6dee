import type { Instant, SettledEffect } from '@murmuration/kernel';
import type { EffectCall } from '../agenda-listener';
import type { AgendaCause, OpenEffectRow } from '../agenda-store.port';
import { DueHeap } from './due-heap';

/** An open effect that the runner keeps in mind. */
export type OpenEffect<Effect, Result> = {
  readonly key: string;
  readonly effect: Effect;
  readonly cause: AgendaCause;
  readonly openedAt: Instant;
  /** What is done about it next. `settle` says the outcome again that could not be stored. */
  next: EffectCall | { readonly settle: SettledEffect<Result> };
  /** Unclear answers so far. */
  attempts: number;
  lastReason?: string;
  /** On the runner's own clock, while the next step waits. */
  waitsUntilMs?: number;
  /** A row of it may be in the table. */
  stored: boolean;
};

export type EffectChanges = { readonly effects: readonly OpenEffectRow[]; readonly closed: readonly string[] };

/**
 * Which effects are open where the log was read to: a bounded number in mind, the others as rows. Only what is still open when
 * the changes are taken becomes a row.
 */
export class OpenEffects<Effect, Result> {
  private readonly inMind = new Map<string, OpenEffect<Effect, Result>>();
  private readonly waiting = new DueHeap<OpenEffect<Effect, Result>>();
  private readonly ready = new Set<OpenEffect<Effect, Result>>();
  private readonly changed = new Set<OpenEffect<Effect, Result>>();
  private readonly spilled = new Map<string, OpenEffectRow>();
  private readonly closed = new Set<string>();
  /** The table may hold open effects that are not in mind. */
  moreInTable = true;

  constructor(private readonly inMindMax: number) {}

  get size(): number {
    return this.inMind.size;
  }

  get changes(): number {
    return this.changed.size + this.spilled.size + this.closed.size;
  }

  get hasRoom(): boolean {
    return this.inMind.size < this.inMindMax / 2;
  }

  get hasSpilled(): boolean {
    return this.spilled.size > 0;
  }

  get firstReady(): OpenEffect<Effect, Result> | undefined {
    for (const effect of this.ready) return effect;
    return undefined;
  }

  get earliestMs(): number | undefined {
    return this.waiting.earliestMs;
  }

  isOpen(effect: OpenEffect<Effect, Result>): boolean {
    return this.inMind.get(effect.key) === effect;
  }

  /** False when the key is open already. `untouchedInEpoch` says that no call was made yet. */
  open(
    opened: Pick<OpenEffect<Effect, Result>, 'key' | 'effect' | 'cause' | 'openedAt'>,
    untouchedInEpoch: number | undefined,
  ): boolean {
    const { key } = opened;
    if (this.inMind.has(key) || this.spilled.has(key)) return false;
    const stored = this.closed.delete(key);
    if (this.inMind.size >= this.inMindMax) {
      this.spilled.set(key, { ...rowOf(opened), ...(untouchedInEpoch === undefined ? {} : { untouchedInEpoch }) });
      return true;
    }
    const next = untouchedInEpoch === undefined ? 'query' : 'perform';
    const effect: OpenEffect<Effect, Result> = { ...opened, next, attempts: 0, stored };
    this.inMind.set(key, effect);
    this.changed.add(effect);
    this.ready.add(effect);
    return true;
  }

  close(key: string): void {
    const effect = this.inMind.get(key);
    if (effect !== undefined) {
      this.inMind.delete(key);
      this.ready.delete(effect);
      this.changed.delete(effect);
      if (effect.stored) this.closed.add(key);
      return;
    }
    // It may be a row that is not in mind, also when it was opened again since.
    this.spilled.delete(key);
    this.closed.add(key);
  }

  /** The next step is due at once. */
  makeReady(effect: OpenEffect<Effect, Result>): void {
    if (!this.isOpen(effect)) return;
    delete effect.waitsUntilMs;
    this.ready.add(effect);
  }

  wait(effect: OpenEffect<Effect, Result>, untilMs: number): void {
    if (!this.isOpen(effect)) return;
    effect.waitsUntilMs = untilMs;
    this.waiting.add(untilMs, effect);
    this.changed.add(effect);
  }

  /** Takes a ready effect to work on it. */
  take(): OpenEffect<Effect, Result> | undefined {
    const effect = this.firstReady;
    if (effect !== undefined) this.ready.delete(effect);
    return effect;
  }

  /** Makes ready what has waited long enough. */
  ripen(nowMs: number): void {
    for (let effect = this.waiting.take(nowMs); effect !== undefined; effect = this.waiting.take(nowMs)) {
      if (effect.waitsUntilMs !== undefined && effect.waitsUntilMs <= nowMs) this.makeReady(effect);
    }
  }

  /**
   * Keeps rows of the table in mind, and answers how many of them there is no room for. Without `untouchedInEpoch` of this epoch
   * they are asked about first.
   */
  adopt(rows: readonly OpenEffectRow[], epoch: number, nowMs: number): number {
    let left = 0;
    for (const { effect: json, key, cause, openedAt, attempts, lastReason, ...row } of rows) {
      if (this.inMind.has(key) || this.spilled.has(key) || this.closed.has(key)) continue;
      if (this.inMind.size >= this.inMindMax) {
        left += 1;
        continue;
      }
      const effect: OpenEffect<Effect, Result> = {
        ...{ key, effect: JSON.parse(json) as Effect, cause, openedAt, attempts, stored: true },
        next: row.untouchedInEpoch === epoch ? 'perform' : 'query',
        ...(lastReason === undefined ? {} : { lastReason }),
      };
      this.inMind.set(key, effect);
      if (row.nextAttemptInMs <= 0) this.ready.add(effect);
      else {
        effect.waitsUntilMs = nowMs + row.nextAttemptInMs;
        this.waiting.add(effect.waitsUntilMs, effect);
      }
    }
    return left;
  }

  /** What the table must be told; `putBack` it when it could not be. */
  takeChanges(nowMs: number): EffectChanges {
    const effects = [...this.changed].map((effect): OpenEffectRow => {
      effect.stored = true;
      const { attempts, lastReason, waitsUntilMs = nowMs } = effect;
      return {
        ...{ ...rowOf(effect), attempts, nextAttemptInMs: Math.max(Math.ceil(waitsUntilMs - nowMs), 0) },
        ...(lastReason === undefined ? {} : { lastReason }),
      };
    });
    if (this.spilled.size > 0) this.moreInTable = true;
    const changes = { effects: [...effects, ...this.spilled.values()], closed: [...this.closed] };
    this.changed.clear();
    this.spilled.clear();
    this.closed.clear();
    return changes;
  }

  putBack({ effects, closed }: EffectChanges): void {
    for (const row of effects) {
      const effect = this.inMind.get(row.key);
      if (effect !== undefined) this.changed.add(effect);
      else if (!this.closed.has(row.key)) this.spilled.set(row.key, row);
    }
    for (const key of closed) if (!this.inMind.has(key) && !this.spilled.has(key)) this.closed.add(key);
  }
}

const rowOf = ({
  key,
  effect,
  cause,
  openedAt,
}: Pick<OpenEffect<unknown, unknown>, 'key' | 'effect' | 'cause' | 'openedAt'>): OpenEffectRow => ({
  ...{ key, effect: JSON.stringify(effect), cause, openedAt },
  ...{ attempts: 0, nextAttemptInMs: 0 },
});
