import type { Coordination, Lease } from '@murmuration/event-store';
import { backoffMs } from '../core/backoff';
import { systemTiming } from '../system-timing';
import type { Timing } from '../timing.port';
import { Bell } from './bell';
import { heldLease } from './held-lease';

/** The time in which a piece of work is this process's alone. */
export type Term = {
  readonly lease: Lease;
  /** Beyond doubt, by this process's own clock. */
  readonly isHeld: () => boolean;
  /** The lease is lost or the work is to stop: finish what is under way and return. */
  readonly isOver: () => boolean;
  readonly isStopping: () => boolean;
  /** Sleeps, unless the work is to stop. */
  readonly pause: (durationMs: number) => Promise<void>;
};

export type WorkUnderLeaseOptions = {
  readonly coordination: Coordination;
  readonly name: string;
  /** Names this process among the replicas; random by default. */
  readonly holder?: string;
  readonly leaseMs?: number;
  /** Works until the term is over. A rejection ends the term; the next one begins after a pause. */
  readonly serve: (term: Term) => Promise<void>;
  readonly failed: (error: unknown, doing: string) => void;
  /** Rung when a term may have ended or the work is to stop, for whoever sleeps in `serve`. */
  readonly bell?: Bell;
  /** The machine's, by default. */
  readonly timing?: Timing;
};

export type WorkUnderLease = {
  /** Resolves when the last term has ended. */
  stop(): Promise<void>;
};

/** How long a killed process keeps its successor waiting, at most. */
const LEASE_MS = 5_000;
const TAKEN_PAUSE_MAX_MS = 1_000;
const FAILURE_PAUSE_MS = 100;
const FAILURE_PAUSE_MAX_MS = 5_000;

const DIGITS_PER_DRAW = 10;

/** A name that no two processes share. */
const anyName = ({ chance }: Pick<Timing, 'chance'>): string =>
  [chance(), chance(), chance()].map((draw) => Math.floor(draw * 36 ** DIGITS_PER_DRAW).toString(36)).join('-');

/** Does a piece of work in one process at a time, in term after term, each at a higher epoch than all before. */
export const workUnderLease = (options: WorkUnderLeaseOptions): WorkUnderLease => {
  const { coordination, name, leaseMs = LEASE_MS, serve, failed, bell, timing = systemTiming } = options;
  const { holder = anyName(timing) } = options;
  const halt = new Bell(timing);
  let stopping = false;
  let failures = 0;
  let lastEpoch = 0;
  const pause = async (durationMs: number): Promise<void> => {
    if (!stopping) await halt.sleep(durationMs);
  };

  const hold = async (lease: Lease, askedAtMs: number): Promise<void> => {
    const held = heldLease({
      ...{ coordination, lease, durationMs: leaseMs, askedAtMs, timing },
      failed: (error) => failed(error, `keeping the lease ${name}`),
      changed: () => bell?.ring(),
    });
    try {
      // Given up in vain, a lease comes back at the epoch of a term that has ended: that epoch must not be used again.
      if (lease.epoch === lastEpoch) return;
      lastEpoch = lease.epoch;
      const { isHeld, isLost } = held;
      const isOver = (): boolean => stopping || isLost();
      await serve({ lease, isHeld, isOver, isStopping: () => stopping, pause });
      failures = 0;
    } finally {
      await held.release();
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      try {
        const askedAtMs = timing.monotonicMs();
        const acquired = await coordination.acquire(name, holder, leaseMs);
        if (acquired.outcome === 'taken') await pause(Math.min(acquired.retryInMs, TAKEN_PAUSE_MAX_MS));
        else await hold(acquired.lease, askedAtMs);
      } catch (error) {
        failed(error, `working under the lease ${name}`);
        failures += 1;
        await pause(backoffMs(failures, FAILURE_PAUSE_MS, FAILURE_PAUSE_MAX_MS, timing.chance()));
      }
    }
  };

  const running = run();
  return {
    stop: async () => {
      stopping = true;
      halt.ring();
      bell?.ring();
      await running;
    },
  };
};
