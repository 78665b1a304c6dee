import type { Durable } from '../log/committer';

/** The fetches that wait for records, by the logs they wait on. Costs nothing while nothing is appended. */
export class FetchWaiters {
  private readonly waiting = new Map<Durable, Set<() => void>>();
  private wakings = 0;

  /** Grows with every waking: whoever looked around before the last one must look again before waiting. */
  get news(): number {
    return this.wakings;
  }

  /** Resolves when one of the logs has news, the time is over or `cancelled` has called back. */
  wait(logs: readonly Durable[], timeoutMs: number, onCancel: (cancel: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        forgetCancel();
        for (const log of logs) this.remove(log, wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      const forgetCancel = onCancel(wake);
      for (const log of logs) this.add(log, wake);
    });
  }

  wake(logs: Iterable<Durable>): void {
    this.wakings += 1;
    for (const log of logs) for (const wake of [...(this.waiting.get(log) ?? [])]) wake();
  }

  wakeAll(): void {
    this.wake([...this.waiting.keys()]);
  }

  private add(log: Durable, wake: () => void): void {
    const wakes = this.waiting.get(log);
    if (wakes === undefined) this.waiting.set(log, new Set([wake]));
    else wakes.add(wake);
  }

  private remove(log: Durable, wake: () => void): void {
    const wakes = this.waiting.get(log);
    wakes?.delete(wake);
    if (wakes?.size === 0) this.waiting.delete(log);
  }
}
