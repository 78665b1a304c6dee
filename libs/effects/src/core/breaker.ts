import type { AgendaLimits } from '../agenda-limits';

type BreakerLimits = Pick<AgendaLimits, 'callsMax' | 'unclearInARowMax' | 'breakerPauseMs' | 'breakerPauseMaxMs'>;

/** Pauses all calls when the other side seems to be down, and lets one call at a time probe until it gives a clear answer. */
export class Breaker {
  private unclearInARow = 0;
  private pauseMs = 0;
  private openUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: BreakerLimits) {}

  get tripped(): boolean {
    return this.unclearInARow >= this.limits.unclearInARowMax;
  }

  /** How many calls may be under way now. */
  callsMax(nowMs: number): number {
    if (!this.tripped) return this.limits.callsMax;
    return nowMs < this.openUntilMs ? 0 : 1;
  }

  /** How long no call may be made, 0 when one may. */
  pausedForMs(nowMs: number): number {
    return this.tripped ? Math.max(this.openUntilMs - nowMs, 0) : 0;
  }

  clear(): void {
    this.unclearInARow = 0;
    this.pauseMs = 0;
  }

  /** Returns the length of the pause that this answer begins, if any. */
  unclear(nowMs: number): number | undefined {
    this.unclearInARow += 1;
    // Answers to calls made before the pause began do not make it longer.
    if (!this.tripped || nowMs < this.openUntilMs) return undefined;
    this.pauseMs = Math.min(this.pauseMs * 2 || this.limits.breakerPauseMs, this.limits.breakerPauseMaxMs);
    this.openUntilMs = nowMs + this.pauseMs;
    return this.pauseMs;
  }
}
