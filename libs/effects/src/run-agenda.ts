import { randomUUID } from 'node:crypto';
import type { Coordination, EventStore, Lease } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import { AGENDA_LIMITS, type AgendaLimits } from './agenda-limits';
import type { AgendaListener } from './agenda-listener';
import { AgendaCore, type AgendaCoreOptions } from './core/agenda-core';
import { backoffMs } from './core/backoff';
import { Bell } from './bell';
import { heldLease, type HeldLease } from './held-lease';

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

const LEASE_MS = 10_000;
const POLL_MS = 250;
const REST_MS = 3;
const FAILURE_PAUSE_MS = 100;
const FAILURE_PAUSE_MAX_MS = 5_000;
const TAKEN_PAUSE_MAX_MS = 1_000;
const GRACE_MS = 10_000;

/** Runs the agenda of a service: one term at a time per partition of its log, under a lease, in whichever replica holds it. */
export const runAgenda = <Event extends Message, Command extends Message, Effect extends Message, Result>(
  options: RunAgendaOptions<Event, Command, Effect, Result>,
): RunningAgenda => {
  const holder = options.holder ?? randomUUID();
  const runners = Array.from(
    { length: options.store.logPartitions },
    (_, logPartition) => new PartitionRunner({ ...options, holder, logPartition }),
  );
  return {
    status: () => runners.map((runner) => runner.status),
    stop: async (graceMs = GRACE_MS) => {
      await Promise.all(runners.map((runner) => runner.stop(graceMs)));
    },
  };
};

class PartitionRunner<Event extends Message, Command extends Message, Effect extends Message, Result> {
  private readonly bell = new Bell();
  /** Rings once, when this runner is to stop: pauses that nothing else may cut short are slept on it. */
  private readonly halt = new Bell();
  private readonly unsubscribe: () => void;
  private readonly running: Promise<void>;
  private readonly listener: AgendaListener;
  private stopping = false;
  private graceMs = GRACE_MS;
  private failures = 0;
  private lastEpoch = 0;
  private term: { readonly epoch: number; readonly core: AgendaCore<Event, Command, Effect, Result> } | undefined;

  constructor(
    private readonly options: RunAgendaOptions<Event, Command, Effect, Result> & {
      readonly holder: string;
      readonly logPartition: number;
    },
  ) {
    this.listener = options.listener ?? {};
    this.unsubscribe = options.store.onAppended((logPartition) => {
      if (logPartition === options.logPartition) this.bell.ring();
    });
    this.running = this.run();
  }

  get status(): AgendaStatus {
    const { logPartition } = this.options;
    if (this.term === undefined) return { logPartition };
    return { logPartition, term: { epoch: this.term.epoch, ...this.term.core.status } };
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.graceMs = graceMs;
    this.unsubscribe();
    this.halt.ring();
    this.bell.ring();
    await this.running;
  }

  private async run(): Promise<void> {
    const { coordination, service, logPartition, holder, leaseMs = LEASE_MS } = this.options;
    while (!this.stopping) {
      try {
        const askedAtMs = performance.now();
        const acquired = await coordination.acquire(`agenda:${service}:${logPartition}`, holder, leaseMs);
        if (acquired.outcome === 'taken') await this.halt.sleep(Math.min(acquired.retryInMs, TAKEN_PAUSE_MAX_MS));
        else await this.hold(acquired.lease, askedAtMs);
      } catch (error) {
        await this.pauseAfter(error, 'acquiring the lease');
      }
    }
  }

  private async hold(lease: Lease, askedAtMs: number): Promise<void> {
    const { coordination, leaseMs = LEASE_MS, logPartition } = this.options;
    const held = heldLease({
      ...{ coordination, lease, durationMs: leaseMs, askedAtMs },
      failed: (error) => this.listener.failed?.(error, 'keeping the lease'),
      changed: () => this.bell.ring(),
    });
    // Given up in vain, a lease comes back at the epoch of the former term, whose calls would count as never made.
    if (lease.epoch === this.lastEpoch) return held.release();
    this.lastEpoch = lease.epoch;
    const core = this.newCore(lease.epoch, held);
    let reason = 'fenced';
    try {
      reason = await this.serve(core, held, lease.epoch);
    } finally {
      this.term = undefined;
      await this.end(core, held, reason);
      this.listener.termEnded?.(logPartition, reason);
    }
  }

  private newCore(epoch: number, held: HeldLease): AgendaCore<Event, Command, Effect, Result> {
    const { service, logPartition, store, agendaStore, agenda, codec, port, execute } = this.options;
    return new AgendaCore({
      ...{ service, logPartition, epoch, log: store, agendaStore, agenda, codec, port, execute },
      ...{ limits: { ...AGENDA_LIMITS, ...this.options.limits }, listener: this.listener },
      ...{ monotonicMs: () => performance.now(), chance: Math.random },
      ...{ mayCall: held.isHeld, caughtUp: this.options.caughtUp ?? (() => true), wake: () => this.bell.ring() },
    });
  }

  /** Works until the term ends, and says why it did. */
  private async serve(
    core: AgendaCore<Event, Command, Effect, Result>,
    held: HeldLease,
    epoch: number,
  ): Promise<string> {
    const { pollMs = POLL_MS, restMs = REST_MS, logPartition } = this.options;
    if ((await core.start()) === 'fenced') return 'fenced';
    this.term = { epoch, core };
    this.listener.termBegan?.(logPartition, epoch);
    while (!this.stopping) {
      if (held.isLost()) return 'the lease was lost';
      try {
        const stepped = await core.step();
        if (stepped.outcome === 'fenced') return 'fenced';
        this.failures = 0;
        await this.halt.sleep(restMs);
        await this.bell.sleep(Math.min(Math.max(stepped.nextInMs - restMs, 0), pollMs));
      } catch (error) {
        await this.pauseAfter(error, 'following the log');
      }
    }
    return 'stopped';
  }

  /** A new term must not begin here before the calls of this one are answered, for as long as that is bearable. */
  private async end(core: AgendaCore<Event, Command, Effect, Result>, held: HeldLease, reason: string): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, this.graceMs);
    });
    await Promise.race([core.drain(), tooLate]);
    clearTimeout(late);
    // An early end is no failure: the next term reads more of the log and asks about what it finds open.
    try {
      if (reason === 'stopped' && held.isHeld()) await core.flush();
    } catch (error) {
      this.listener.failed?.(error, 'moving the checkpoint at the end');
    }
    await held.release();
  }

  private async pauseAfter(error: unknown, doing: string): Promise<void> {
    this.listener.failed?.(error, doing);
    this.failures += 1;
    await this.halt.sleep(backoffMs(this.failures, FAILURE_PAUSE_MS, FAILURE_PAUSE_MAX_MS, Math.random()));
  }
}
