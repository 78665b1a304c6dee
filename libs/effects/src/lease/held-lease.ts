import type { Coordination, Lease } from '@murmuration/event-store';
import type { Timing } from '../timing.port';

/** A lease that is renewed until it is released or lost. */
export type HeldLease = {
  /** Beyond doubt: by this process's own clock the database cannot have given it to another yet. */
  readonly isHeld: () => boolean;
  /** It went to another, or nobody answered until it had lapsed. */
  readonly isLost: () => boolean;
  /** Stops renewing and gives it up. Never rejects. */
  readonly release: () => Promise<void>;
};

export type HeldLeaseOptions = {
  readonly coordination: Coordination;
  readonly lease: Lease;
  readonly durationMs: number;
  readonly timing: Pick<Timing, 'monotonicMs' | 'after'>;
  /** On the monotonic clock, just before the lease was asked for. */
  readonly askedAtMs: number;
  readonly failed: (error: unknown) => void;
  /** The answer of `isHeld` or `isLost` may have changed. */
  readonly changed: () => void;
};

const RENEWALS_PER_LEASE = 3;
/** The part of a lease that is not used, for clocks that run at different speeds. */
const MARGIN = 0.1;

export const heldLease = (options: HeldLeaseOptions): HeldLease => {
  const { coordination, lease, durationMs, timing, failed, changed } = options;
  let untilMs = options.askedAtMs + durationMs * (1 - MARGIN);
  let current = lease;
  let gone = false;
  let released = false;
  let renewing = Promise.resolve();

  const renew = async (): Promise<void> => {
    const askedAtMs = timing.monotonicMs();
    try {
      const renewed = await coordination.acquire(lease.name, lease.holder, durationMs);
      if (renewed.outcome === 'held') current = renewed.lease;
      // Held again at a higher epoch, it had lapsed: another may have held it in between.
      if (renewed.outcome === 'held' && renewed.lease.epoch === lease.epoch)
        untilMs = askedAtMs + durationMs * (1 - MARGIN);
      else gone = true;
    } catch (error) {
      failed(error);
    }
    changed();
  };
  const renewLater = (): (() => void) =>
    timing.after(durationMs / RENEWALS_PER_LEASE, () => {
      cancel = renewLater();
      renewing = renewing.then(() => (released || gone ? undefined : renew()));
    });
  let cancel = renewLater();

  return {
    isHeld: () => !gone && !released && timing.monotonicMs() < untilMs,
    isLost: () => gone || timing.monotonicMs() >= untilMs,
    release: async () => {
      released = true;
      cancel();
      await renewing;
      try {
        await coordination.release(current);
      } catch (error) {
        failed(error);
      }
    },
  };
};
