import { type Instant, epochMs, instantOfEpochMs } from '@murmuration/kernel';

/**
 * The database's clock as it was last heard, carried on by a monotonic one; and the deadline clock, which stands still while
 * we could not have done what a deadline waits for.
 */
export class DatabaseClock {
  private heardMs = 0;
  private heardAtMs = 0;
  /** How long the deadline clock has stood still, in all. */
  pausedMs = 0;

  constructor(private readonly monotonicMs: () => number) {}

  hear(now: Instant): void {
    this.heardMs = epochMs(now);
    this.heardAtMs = this.monotonicMs();
  }

  get nowMs(): number {
    return this.heardMs + (this.monotonicMs() - this.heardAtMs);
  }

  get now(): Instant {
    return instantOfEpochMs(Math.floor(this.nowMs));
  }

  get deadlineNowMs(): number {
    return this.nowMs - this.pausedMs;
  }

  pause(durationMs: number): void {
    this.pausedMs += Math.ceil(durationMs);
  }
}
