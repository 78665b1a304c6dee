import type { Coordination, Lease } from '@murmuration/event-store';
import type { Clock } from '../clock.port';
import { pauseOf } from './pause';

export type LeaseKeeper = {
  /** True once another may hold the lease; never false again. */
  lost(): boolean;
  /** Ends the renewals; the lease itself stays until it is released or lapses. */
  stop(): Promise<void>;
};

/** Renewals that may fail in a row; with three in each duration the lease has lapsed by then. */
const FAILED_RENEWALS_MAX = 3;

/** Renews a lease three times in its duration. */
export const keepLease = (
  lease: Lease,
  durationMs: number,
  {
    coordination,
    clock,
    onLost,
    onFailure,
  }: {
    readonly coordination: Pick<Coordination, 'acquire'>;
    readonly clock: Clock;
    readonly onLost: () => void;
    readonly onFailure: (error: unknown) => void;
  },
): LeaseKeeper => {
  const rest = pauseOf(clock);
  let lost = false;
  let stopped = false;
  let failures = 0;

  const renew = async (): Promise<boolean> => {
    try {
      const answer = await coordination.acquire(lease.name, lease.holder, durationMs);
      failures = 0;
      return answer.outcome === 'held' && answer.lease.epoch === lease.epoch;
    } catch (error) {
      onFailure(error);
      return ++failures < FAILED_RENEWALS_MAX;
    }
  };
  const keep = async (): Promise<void> => {
    for (;;) {
      await rest.wait(durationMs / 3);
      if (stopped) return;
      if (await renew()) continue;
      lost = true;
      onLost();
      return;
    }
  };
  const keeping = keep();

  return {
    lost: () => lost,
    stop: async () => {
      stopped = true;
      rest.wake();
      await keeping;
    },
  };
};
