import { systemTiming } from '../system-timing';
import type { Timing } from '../timing.port';

/** Something to sleep on: a ring wakes the sleeper, and one that comes while nobody sleeps spares the next sleep. */
export class Bell {
  private rung = false;
  private wakeUp: (() => void) | undefined;

  constructor(private readonly timing: Pick<Timing, 'after'> = systemTiming) {}

  ring(): void {
    this.rung = true;
    this.wakeUp?.();
  }

  /** Resolves after `durationMs` or at a ring, whichever comes first. */
  async sleep(durationMs: number): Promise<void> {
    if (!this.rung && durationMs > 0) await this.wait(durationMs);
    this.rung = false;
  }

  private wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.wakeUp = undefined;
        resolve();
      };
      const cancel = this.timing.after(durationMs, wake);
      this.wakeUp = wake;
    });
  }
}
