import {
  type Agenda,
  type EffectPort,
  type Instant,
  type Message,
  type QueryOutcome,
  type SettledEffect,
  epochMs,
} from '@murmuration/kernel';
import { type CommandEnvelope, derivedId } from '@murmuration/event-store';
import type { AgendaLimits } from '../agenda-limits';
import type { AgendaListener, EffectCall } from '../agenda-listener';
import type { AgendaCause } from '../agenda-store.port';
import { backoffMs } from './backoff';
import { Breaker } from './breaker';
import { isUnclear, nextStep } from './effect-policy';
import type { OpenEffect, OpenEffects } from './open-effects';

/** How a command of the agenda ended: what the service's command processor answers, as far as a runner must know it. */
export type ExecutedCommand = {
  readonly outcome: 'accepted' | 'rejected' | 'repeated';
  readonly rejection?: Message;
  readonly events?: readonly unknown[];
};

export type EffectCallerOptions<Command extends Message, Effect extends Message, Result> = {
  readonly effects: OpenEffects<Effect, Result>;
  readonly settle: Agenda<never, Command, Effect, Result>['settle'];
  readonly port: EffectPort<Effect, Result>;
  readonly execute: (envelope: CommandEnvelope<Command>) => Promise<ExecutedCommand>;
  readonly envelope: (commandId: string, command: Command, cause: AgendaCause) => CommandEnvelope<Command>;
  readonly limits: AgendaLimits;
  readonly listener: AgendaListener;
  readonly monotonicMs: () => number;
  /** The database's clock. */
  readonly clock: { readonly now: Instant; readonly nowMs: number };
  readonly chance: () => number;
  /** Whether the lease is held beyond doubt. */
  readonly mayCall: () => boolean;
  /** Something has been put off: who sleeps must look again how long. */
  readonly wake: () => void;
};

type Flight<Effect, Result> = { readonly effect: OpenEffect<Effect, Result>; readonly startedMs: number };

/** Makes the calls of open effects, a bounded number at a time, and says their outcomes as commands. */
export class EffectCaller<Command extends Message, Effect extends Message, Result> {
  private readonly flights = new Set<Flight<Effect, Result>>();
  private readonly breaker: Breaker;
  private stopped = false;
  private landed: (() => void)[] = [];

  constructor(private readonly options: EffectCallerOptions<Command, Effect, Result>) {
    this.breaker = new Breaker(options.limits);
  }

  get inFlight(): number {
    return this.flights.size;
  }

  /** When something becomes possible that is not now, on the runner's clock. */
  get nextMs(): number | undefined {
    const nowMs = this.options.monotonicMs();
    const pausedForMs = this.breaker.pausedForMs(nowMs);
    return pausedForMs > 0 && this.options.effects.firstReady !== undefined ? nowMs + pausedForMs : undefined;
  }

  /** Starts what is ready and gives up on calls that take too long. */
  pump(): void {
    const { effects, limits, monotonicMs, mayCall } = this.options;
    const nowMs = monotonicMs();
    for (const flight of this.flights) {
      if (nowMs - flight.startedMs >= limits.callMaxMs) this.abandon(flight);
    }
    if (this.stopped) return;
    while (effects.firstReady !== undefined && mayCall()) {
      if (this.flights.size >= this.breaker.callsMax(nowMs)) break;
      const effect = effects.take();
      if (effect !== undefined) this.start(effect);
    }
    if (this.breaker.tripped && mayCall()) this.giveUpTheLate();
  }

  /** Starts no more calls and resolves when none is under way. */
  async drain(): Promise<void> {
    this.stopped = true;
    await this.idle();
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    if (this.flights.size > 0) await new Promise<void>((resolve) => void this.landed.push(resolve));
  }

  private start(effect: OpenEffect<Effect, Result>): void {
    const flight = { effect, startedMs: this.options.monotonicMs() };
    this.flights.add(flight);
    void this.fly(flight)
      .catch((error: unknown) => this.options.listener.failed?.(error, `settling ${effect.key}`))
      .finally(() => this.land(flight));
  }

  private land(flight: Flight<Effect, Result>): void {
    this.flights.delete(flight);
    this.pump();
    if (this.flights.size > 0) return;
    const { landed } = this;
    this.landed = [];
    for (const resolve of landed) resolve();
  }

  private async fly(flight: Flight<Effect, Result>): Promise<void> {
    const { effect } = flight;
    if (typeof effect.next === 'object') return this.say(effect, effect.next.settle);
    const call = effect.next;
    const answer = await this.ask(effect, call);
    // Abandoned, or closed by another way in the meantime: then what comes of it is known or asked for already.
    if (!this.flights.has(flight) || !this.options.effects.isOpen(effect)) return;
    this.options.listener.called?.(
      ...([effect.effect.type, call, answer.outcome, this.options.monotonicMs() - flight.startedMs] as const),
    );
    await this.follow(effect, answer);
  }

  private async ask(effect: OpenEffect<Effect, Result>, call: EffectCall): Promise<QueryOutcome<Result>> {
    // A port that fails has not said whether the call was made.
    try {
      return await this.options.port[call](effect.key, effect.effect);
    } catch (error) {
      this.options.listener.failed?.(error, `${call} ${effect.key}`);
      return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private async follow(effect: OpenEffect<Effect, Result>, answer: QueryOutcome<Result>): Promise<void> {
    const { limits, listener, monotonicMs, effects } = this.options;
    if (isUnclear(answer)) {
      effect.attempts += 1;
      const pausedForMs = this.breaker.unclear(monotonicMs());
      if (pausedForMs !== undefined) listener.paused?.(pausedForMs);
    } else this.breaker.clear();
    const facts = { attempts: effect.attempts, ageMs: this.ageOf(effect), chance: this.options.chance() };
    const step = nextStep(answer, facts, limits);
    if (step.do === 'settle') return this.say(effect, step.outcome);
    effect.next = step.do;
    effect.lastReason = step.reason;
    listener.retried?.(effect.effect.type, effect.key, step.do, step.afterMs, step.reason);
    if (step.afterMs > 0) this.putOff(effect, step.afterMs);
    else effects.makeReady(effect);
  }

  /** Says an outcome to the service's rules. What cannot be stored now is said again later, without another call. */
  private async say(effect: OpenEffect<Effect, Result>, outcome: SettledEffect<Result>): Promise<void> {
    const { settle, execute, envelope, clock, listener, limits, chance } = this.options;
    effect.next = { settle: outcome };
    const commandId = derivedId('settle', effect.key, effect.cause.eventId);
    try {
      const command = settle({ key: effect.key, effect: effect.effect }, outcome, clock.now);
      const executed = await execute(envelope(commandId, command, effect.cause));
      if (executed.outcome === 'rejected' || executed.events?.length === 0)
        return this.stale(effect, executed.rejection?.type);
      listener.settled?.(effect.effect.type, effect.key, outcome.outcome, this.ageOf(effect));
    } catch (error) {
      listener.failed?.(error, `settling ${effect.key}`);
      effect.attempts += 1;
      effect.lastReason = error instanceof Error ? error.message : String(error);
      this.putOff(effect, backoffMs(effect.attempts, limits.backoffMs, limits.backoffMaxMs, chance()));
    }
  }

  /** Somebody else was faster and the log will say so. Should it not, the other side is asked again. */
  private stale(effect: OpenEffect<Effect, Result>, rejection: string | undefined): void {
    this.options.listener.stale?.(effect.key, rejection);
    effect.next = 'query';
    this.putOff(effect, this.options.limits.backoffMaxMs);
  }

  private putOff(effect: OpenEffect<Effect, Result>, afterMs: number): void {
    this.options.effects.wait(effect, this.options.monotonicMs() + afterMs);
    this.options.wake();
  }

  private abandon(flight: Flight<Effect, Result>): void {
    const { limits, listener } = this.options;
    const { effect } = flight;
    if (typeof effect.next === 'object') return; // Because the command processor bounds its own time.
    this.flights.delete(flight);
    if (!this.options.effects.isOpen(effect)) return;
    void this.follow(effect, { outcome: 'unknown', reason: `no answer within ${limits.callMaxMs} ms` }).catch(
      (error: unknown) => listener.failed?.(error, `settling ${effect.key}`),
    );
  }

  /** While the other side is down, what waits for its turn longer than its budget is given up without another call. */
  private giveUpTheLate(): void {
    const { effects, limits } = this.options;
    for (let count = 0; count < limits.callsMax; count++) {
      const effect = effects.firstReady;
      if (effect === undefined || this.ageOf(effect) < limits.budgetMs) return;
      effects.take();
      effect.next = { settle: { outcome: 'gave-up', reason: effect.lastReason ?? 'the other side does not answer' } };
      this.start(effect);
    }
  }

  private ageOf(effect: OpenEffect<Effect, Result>): number {
    return Math.max(this.options.clock.nowMs - epochMs(effect.openedAt), 0);
  }
}
