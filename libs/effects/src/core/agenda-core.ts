import type { CommandEnvelope, EventCodec, EventStore } from '@murmuration/event-store';
import { derivedId } from '@murmuration/event-store';
import { type Agenda, type EffectPort, type Message, epochMs, instantOfEpochMs } from '@murmuration/kernel';
import type { AgendaLimits } from '../agenda-limits';
import type { AgendaListener } from '../agenda-listener';
import type { AgendaCause, AgendaStore, DeadlineRow } from '../agenda-store.port';
import { type CausedChange, agendaChangesOf } from './agenda-log';
import { DatabaseClock } from './database-clock';
import { EffectCaller, type ExecutedCommand } from './effect-caller';
import { OpenDeadlines } from './open-deadlines';
import { OpenEffects } from './open-effects';

export type AgendaCoreOptions<Event extends Message, Command extends Message, Effect extends Message, Result> = {
  /** Named as the actor of the commands. */
  readonly service: string;
  readonly logPartition: number;
  /** Of the lease under which this core runs. */
  readonly epoch: number;
  readonly log: Pick<EventStore, 'readLog' | 'lastPosition'>;
  readonly agendaStore: AgendaStore;
  readonly agenda: Agenda<Event, Command, Effect, Result>;
  readonly codec: EventCodec<Event>;
  readonly port: EffectPort<Effect, Result>;
  readonly execute: (envelope: CommandEnvelope<Command>) => Promise<ExecutedCommand>;
  readonly limits: AgendaLimits;
  readonly listener: AgendaListener;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly chance: () => number;
  /** Whether the lease is held beyond doubt: no call is begun otherwise. */
  readonly mayCall: () => boolean;
  /** Whether this service has heard all there is to hear: while it has not, the deadline clock stands still. */
  readonly caughtUp: () => boolean;
  /** Rings when less time may be left until the next `step` than the last one said. */
  readonly wake: () => void;
};

/** `nextInMs` is how long there is nothing to do unless the log grows. */
export type StepOutcome = { readonly outcome: 'idle'; readonly nextInMs: number } | { readonly outcome: 'fenced' };

/**
 * One term of the agenda of one log partition. It follows the service's own log, calls the other side for effects that are
 * open, says their outcomes, and fires what is due. `start`, `step` and `stop` are called one after another, never at one time.
 *
 * An effect that opens under its eyes is performed at once. One that was open when the term began may have been called by a
 * former holder of the lease, so it is asked about first. Therefore nothing needs to be written before a call.
 */
export class AgendaCore<Event extends Message, Command extends Message, Effect extends Message, Result> {
  private readonly effects: OpenEffects<Effect, Result>;
  private readonly deadlines = new OpenDeadlines();
  private readonly clock: DatabaseClock;
  private readonly caller: EffectCaller<Command, Effect, Result>;
  /** The log is known up to here, the table up to `storedPosition`. */
  private position = 0;
  private storedPosition = 0;
  private flushedAtMs = 0;
  private polledAtMs = Number.NEGATIVE_INFINITY;
  private steppedAtMs = 0;
  /** What the deadline clock had stood still when the events now being read were recorded. */
  private pausedMsOfLog = 0;

  constructor(private readonly options: AgendaCoreOptions<Event, Command, Effect, Result>) {
    const { agenda, port, execute, limits, listener, monotonicMs, chance, mayCall, wake } = options;
    this.effects = new OpenEffects(limits.effectsInMindMax);
    this.clock = new DatabaseClock(monotonicMs);
    this.caller = new EffectCaller({
      ...{ effects: this.effects, settle: agenda.settle, port, execute, limits, listener, monotonicMs, chance },
      ...{ mayCall, wake, clock: this.clock },
      envelope: (commandId, command, cause) => this.envelope(commandId, command, cause),
    });
  }

  /** Open effects in mind, calls under way, and how far the log was read. */
  get status(): { readonly effectsInMind: number; readonly inFlight: number; readonly position: number } {
    return { effectsInMind: this.effects.size, inFlight: this.caller.inFlight, position: this.position };
  }

  /** Claims the agenda and learns what is open, without calling anybody. */
  async start(): Promise<'started' | 'fenced'> {
    const { agendaStore, logPartition, epoch, log, limits, monotonicMs } = this.options;
    const claimed = await agendaStore.claim(logPartition, epoch);
    if (claimed.outcome === 'fenced') return 'fenced';
    this.clock.hear(claimed.now);
    this.clock.pausedMs = claimed.pausedMs;
    this.pausedMsOfLog = claimed.pausedMs;
    const goneMs = claimed.aliveAt === undefined ? 0 : epochMs(claimed.now) - epochMs(claimed.aliveAt);
    if (goneMs >= limits.outageMinMs) this.clock.pause(goneMs);
    this.position = this.storedPosition = claimed.position;
    this.flushedAtMs = this.steppedAtMs = monotonicMs();
    const head = await log.lastPosition(logPartition);
    while (this.position < head) {
      if ((await this.read(undefined, head)) === 0) break;
      if (this.mustFlush && (await this.flush()) === 'fenced') return 'fenced';
    }
    this.pausedMsOfLog = this.clock.pausedMs;
    await this.load();
    return 'started';
  }

  async step(): Promise<StepOutcome> {
    this.passTime();
    while ((await this.read(this.options.epoch)) === this.options.limits.readMax) {
      this.caller.pump();
      if (this.mustFlush && (await this.flush()) === 'fenced') return { outcome: 'fenced' };
    }
    this.effects.ripen(this.options.monotonicMs());
    this.caller.pump();
    if (this.mustFlush && (await this.flush()) === 'fenced') return { outcome: 'fenced' };
    if (this.effects.moreInTable && this.effects.hasRoom) {
      await this.load();
      this.caller.pump();
    }
    if (this.mustPoll) await this.fireDue();
    return { outcome: 'idle', nextInMs: Math.max(this.nextMs - this.options.monotonicMs(), 0) };
  }

  /** Resolves when no call is under way; for specs and simulations. */
  idle(): Promise<void> {
    return this.caller.idle();
  }

  /** Begins no more calls and resolves when those under way have been answered and their outcomes were said. */
  drain(): Promise<void> {
    return this.caller.drain();
  }

  /** Moves the checkpoint to where the log was read, so that the next term has little to read. */
  async flush(): Promise<'flushed' | 'fenced'> {
    const { agendaStore, logPartition, epoch, monotonicMs } = this.options;
    const effects = this.effects.takeChanges(monotonicMs());
    const deadlines = this.deadlines.takeChanges();
    try {
      const applied = await agendaStore.apply({
        ...{ logPartition, epoch, position: this.position, pausedMs: this.clock.pausedMs },
        ...{ effects: effects.effects, closedEffects: effects.closed },
        ...{ deadlines: deadlines.deadlines, clearedDeadlines: deadlines.cleared },
      });
      if (applied.outcome === 'fenced') return 'fenced';
      this.clock.hear(applied.now);
      this.storedPosition = this.position;
      this.flushedAtMs = monotonicMs();
      return 'flushed';
    } catch (error) {
      this.effects.putBack(effects);
      this.deadlines.putBack(deadlines);
      throw error;
    }
  }

  /** Reads on in the log. Without `untouchedInEpoch`, what opens may have been called by another. */
  private async read(untouchedInEpoch: number | undefined, upTo = Number.MAX_SAFE_INTEGER): Promise<number> {
    const { log, logPartition, limits, codec, agenda } = this.options;
    const limit = Math.min(limits.readMax, upTo - this.position);
    const events = await log.readLog(logPartition, this.position, limit);
    for (const stored of events) {
      for (const caused of agendaChangesOf(stored, codec, agenda)) this.learn(caused, untouchedInEpoch);
      this.position = stored.position;
    }
    return events.length;
  }

  private learn({ change, cause, recordedAt }: CausedChange<Effect>, untouchedInEpoch: number | undefined): void {
    switch (change.type) {
      case 'effect-opened': {
        const { key, effect, askFirst } = change;
        const untouched = askFirst ? undefined : untouchedInEpoch;
        if (this.effects.open({ key, effect, cause, openedAt: recordedAt }, untouched))
          this.options.listener.opened?.(effect.type, key);
        return;
      }
      case 'effect-closed':
        return this.effects.close(change.key);
      case 'deadline-set':
        return this.deadlines.begin(change.key, change.dueAt, cause, this.pausedMsOfLog);
      case 'deadline-cleared':
        return this.deadlines.clear(change.key);
    }
  }

  private async load(): Promise<void> {
    const { agendaStore, logPartition, epoch, limits, monotonicMs } = this.options;
    const rows = await agendaStore.openEffects(logPartition, limits.effectsInMindMax);
    const left = this.effects.adopt(rows, epoch, monotonicMs());
    this.effects.moreInTable = left > 0 || rows.length === limits.effectsInMindMax;
  }

  /** Time in which this service could not have done what a deadline waits for does not count. */
  private passTime(): void {
    const { caughtUp, limits, monotonicMs } = this.options;
    const nowMs = monotonicMs();
    const passedMs = nowMs - this.steppedAtMs;
    this.steppedAtMs = nowMs;
    if (!caughtUp() || passedMs >= limits.outageMinMs) this.clock.pause(passedMs);
    this.pausedMsOfLog = this.clock.pausedMs;
  }

  private get mustFlush(): boolean {
    const { limits, monotonicMs } = this.options;
    const changes = this.effects.changes + this.deadlines.changes;
    if (changes >= limits.flushChangesMax || this.position - this.storedPosition >= limits.flushEventsMax) return true;
    if (this.effects.hasSpilled && this.effects.hasRoom) return true;
    return monotonicMs() - this.flushedAtMs >= limits.flushMs || this.ripeInMs <= 0;
  }

  /** How long until something is ripe that only this core knows of: the table alone says what is due. */
  private get ripeInMs(): number {
    return (this.deadlines.earliestRipeMs ?? Number.POSITIVE_INFINITY) - this.clock.deadlineNowMs;
  }

  private get mustPoll(): boolean {
    return this.mayFire && this.options.monotonicMs() - this.polledAtMs >= this.options.limits.deadlinePollMs;
  }

  private get mayFire(): boolean {
    return this.options.caughtUp() && this.options.mayCall();
  }

  private get nextMs(): number {
    const { limits, monotonicMs } = this.options;
    return Math.min(
      this.flushedAtMs + limits.flushMs,
      (this.mayFire ? this.polledAtMs : monotonicMs()) + limits.deadlinePollMs,
      ...[this.effects.earliestMs ?? Number.POSITIVE_INFINITY, this.caller.nextMs ?? Number.POSITIVE_INFINITY],
      monotonicMs() + this.ripeInMs,
    );
  }

  private async fireDue(): Promise<void> {
    const { agendaStore, logPartition, limits, monotonicMs } = this.options;
    const askedAtMs = monotonicMs();
    const found = await agendaStore.dueDeadlines(logPartition, this.clock.pausedMs, limits.deadlinesPerPollMax);
    this.clock.hear(found.now);
    const due = found.deadlines.filter((row) => this.deadlines.stands(row));
    const failed = (await Promise.all(due.map((row) => this.fire(row)))).filter((outcome) => outcome === 'failed');
    // A full page means that more may be due: then the table must learn of these first, and unless all failed is asked again at once.
    const full = found.deadlines.length === limits.deadlinesPerPollMax;
    if (full) await this.flush();
    this.polledAtMs = full && failed.length < found.deadlines.length ? Number.NEGATIVE_INFINITY : askedAtMs;
  }

  private async fire(row: DeadlineRow): Promise<'done' | 'failed'> {
    const { agenda, execute, listener, limits } = this.options;
    const { key, dueAt, cause } = row;
    try {
      const command = agenda.fire({ key, dueAt }, this.clock.now);
      const executed = await execute(this.envelope(derivedId('deadline', key, dueAt), command, cause));
      this.deadlines.done(row);
      if (executed.outcome === 'rejected' || executed.events?.length === 0)
        listener.stale?.(key, executed.rejection?.type);
      else listener.fired?.(key, this.clock.nowMs - epochMs(dueAt));
      return 'done';
    } catch (error) {
      // It stays in the table and fires at a later poll, under the same command id.
      listener.failed?.(error, `firing ${key}`);
      this.deadlines.putOff(row, instantOfEpochMs(Math.ceil(this.clock.deadlineNowMs) + limits.deadlinePollMs));
      return 'failed';
    }
  }

  private envelope(commandId: string, command: Command, cause: AgendaCause): CommandEnvelope<Command> {
    const { correlationId, hop, eventId, traceparent } = cause;
    const metadata = { correlationId, hop, causationId: eventId, actor: `${this.options.service}-agenda` };
    return { commandId, command, metadata: { ...metadata, ...(traceparent === undefined ? {} : { traceparent }) } };
  }
}
