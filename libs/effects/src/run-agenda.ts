import { isUnknownEvent, type Coordination, type EventStore } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import { AGENDA_LIMITS, type AgendaLimits } from './agenda-limits';
import type { AgendaListener } from './agenda-listener';
import { AgendaCore, type AgendaCoreOptions } from './core/agenda-core';
import { backoffMs } from './core/backoff';
import { Bell } from './lease/bell';
import { type Term, type WorkUnderLease, workUnderLease } from './lease/work-under-lease';
import { systemTiming } from './system-timing';
import { sleep, type Timing } from './timing.port';

export type RunAgendaOptions<Event extends Message, Command extends Message, Effect extends Message, Result> = Pick<
  AgendaCoreOptions<Event, Command, Effect, Result>,
  'service' | 'agendaStore' | 'agenda' | 'codec' | 'port' | 'execute'
> & {
  readonly store: Pick<EventStore, 'logPartitions' | 'readLog' | 'lastPosition' | 'onAppended'>;
  readonly coordination: Coordination;
  /** Names this process among the replicas; random by default. */
  readonly holder?: string;
  readonly limits?: Partial<AgendaLimits>;
  readonly listener?: AgendaListener;
  /** Whether this service has heard all there is to hear; always, by default. */
  readonly caughtUp?: () => boolean;
  readonly leaseMs?: number;
  /** The longest sleep between two looks at the log, in case a bell was missed. */
  readonly pollMs?: number;
  /** The shortest pause between two reads of the log, so that what comes in the meantime is read together. */
  readonly restMs?: number;
  /** The machine's, by default. */
  readonly timing?: Timing;
};

export type AgendaStatus = {
  readonly logPartition: number;
  /** Absent while another process runs this partition's agenda. */
  readonly term?: { readonly epoch: number } & AgendaCore<Message, Message, Message, unknown>['status'];
};

export type RunningAgenda = {
  status(): readonly AgendaStatus[];
  /** Begins no more calls, waits for those under way for up to `graceMs`, moves the checkpoints and gives the leases up. */
  stop(graceMs?: number): Promise<void>;
};

const POLL_MS = 250;
const REST_MS = 3;
const FAILURE_PAUSE_MS = 100;
const FAILURE_PAUSE_MAX_MS = 5_000;
const GRACE_MS = 10_000;
/** How long a lost term waits for the calls it made, before this process may begin another. */
const CALLS_LEFT_MAX_MS = 10_000;
const DRAIN_POLL_MS = 10;

/** Runs the agenda of a service: one term at a time per partition of its log, under a lease, in whichever replica holds it. */
export const runAgenda = <Event extends Message, Command extends Message, Effect extends Message, Result>(
  options: RunAgendaOptions<Event, Command, Effect, Result>,
): RunningAgenda => {
  const runners = Array.from(
    { length: options.store.logPartitions },
    (_, logPartition) => new PartitionRunner({ ...options, logPartition }),
  );
  return {
    status: () => runners.map((runner) => runner.status),
    stop: async (graceMs = GRACE_MS) => {
      await Promise.all(runners.map((runner) => runner.stop(graceMs)));
    },
  };
};

class PartitionRunner<Event extends Message, Command extends Message, Effect extends Message, Result> {
  private readonly timing: Timing;
  private readonly bell: Bell;
  private readonly unsubscribe: () => void;
  private readonly work: WorkUnderLease;
  private readonly listener: AgendaListener;
  /** On the monotonic clock, once this runner is to stop. */
  private stopByMs = Number.POSITIVE_INFINITY;
  private term: { readonly epoch: number; readonly core: AgendaCore<Event, Command, Effect, Result> } | undefined;

  constructor(
    private readonly options: RunAgendaOptions<Event, Command, Effect, Result> & { readonly logPartition: number },
  ) {
    const {
      coordination,
      service,
      logPartition,
      holder,
      leaseMs,
      store,
      listener = {},
      timing = systemTiming,
    } = options;
    this.listener = listener;
    this.timing = timing;
    this.bell = new Bell(timing);
    this.unsubscribe = store.onAppended((appendedTo) => {
      if (appendedTo === logPartition) this.bell.ring();
    });
    this.work = workUnderLease({
      ...{ coordination, name: `agenda:${service}:${logPartition}`, bell: this.bell, timing },
      ...(holder === undefined ? {} : { holder }),
      ...(leaseMs === undefined ? {} : { leaseMs }),
      failed: (error, doing) => listener.failed?.(error, doing),
      serve: (term) => this.serve(term),
    });
  }

  get status(): AgendaStatus {
    const { logPartition } = this.options;
    if (this.term === undefined) return { logPartition };
    return { logPartition, term: { epoch: this.term.epoch, ...this.term.core.status } };
  }

  async stop(graceMs: number): Promise<void> {
    this.stopByMs = this.timing.monotonicMs() + graceMs;
    this.unsubscribe();
    await this.work.stop();
  }

  private async serve(term: Term): Promise<void> {
    const core = this.newCore(term);
    let reason = 'failed';
    try {
      reason = await this.follow(core, term);
    } finally {
      this.term = undefined;
      await this.end(core, term, reason);
      this.listener.termEnded?.(this.options.logPartition, reason);
    }
  }

  private newCore({ lease: { epoch }, isHeld }: Term): AgendaCore<Event, Command, Effect, Result> {
    const { service, logPartition, store, agendaStore, agenda, codec, port, execute } = this.options;
    return new AgendaCore({
      ...{ service, logPartition, epoch, log: store, agendaStore, agenda, codec, port, execute },
      ...{ limits: { ...AGENDA_LIMITS, ...this.options.limits }, listener: this.listener },
      ...{ monotonicMs: this.timing.monotonicMs, chance: this.timing.chance },
      ...{ mayCall: isHeld, caughtUp: this.options.caughtUp ?? (() => true), wake: () => this.bell.ring() },
    });
  }

  /** Works until the term ends, and says why it did. */
  private async follow(core: AgendaCore<Event, Command, Effect, Result>, term: Term): Promise<string> {
    const { pollMs = POLL_MS, restMs = REST_MS, logPartition } = this.options;
    const { epoch } = term.lease;
    if ((await core.start()) === 'fenced') return 'fenced';
    this.term = { epoch, core };
    this.listener.termBegan?.(logPartition, epoch);
    let failures = 0;
    while (!term.isOver()) {
      try {
        const stepped = await core.step();
        if (stepped.outcome === 'fenced') return 'fenced';
        failures = 0;
        await term.pause(restMs);
        await this.bell.sleep(Math.min(Math.max(stepped.nextInMs - restMs, 0), pollMs));
      } catch (error) {
        // Newer code has stored what this does not know, so a process that runs it may have the next term.
        if (isUnknownEvent(error)) throw error;
        this.listener.failed?.(error, 'following the log');
        await term.pause(backoffMs(++failures, FAILURE_PAUSE_MS, FAILURE_PAUSE_MAX_MS, this.timing.chance()));
      }
    }
    return term.isStopping() ? 'stopped' : 'the lease was lost';
  }

  /** A new term must not begin here before the calls of this one are answered, for as long as that is bearable. */
  private async end(core: AgendaCore<Event, Command, Effect, Result>, term: Term, reason: string): Promise<void> {
    const endedAtMs = this.timing.monotonicMs();
    const isLate = (): boolean =>
      this.timing.monotonicMs() >= (term.isStopping() ? this.stopByMs : endedAtMs + CALLS_LEFT_MAX_MS);
    void core.drain();
    while (core.status.inFlight > 0 && !isLate()) await sleep(this.timing, DRAIN_POLL_MS);
    // An early end is no failure: the next term reads more of the log and asks about what it finds open.
    try {
      if (reason === 'stopped' && term.isHeld()) await core.flush();
    } catch (error) {
      this.listener.failed?.(error, 'moving the checkpoint at the end');
    }
  }
}
