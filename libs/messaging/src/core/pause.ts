import type { Clock } from '../clock.port';

/** Waits that end early when they are woken, all of them at once. A wake while nobody waits ends the next wait at once. */
export type Pause = {
  wait(durationMs: number): Promise<void>;
  wake(): void;
};

export const pauseOf = (clock: Pick<Clock, 'after'>): Pause => {
  const waiting = new Set<() => void>();
  let woken = false;
  return {
    wait: (durationMs) => {
      if (woken) {
        woken = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const end = (): void => {
          waiting.delete(end);
          cancel();
          resolve();
        };
        const cancel = clock.after(durationMs, end);
        waiting.add(end);
      });
    },
    wake: () => {
      if (waiting.size === 0) woken = true;
      for (const end of [...waiting]) end();
    },
  };
};

export type BackoffOptions = { readonly firstMs: number; readonly maxMs: number; readonly chance: () => number };

/** The pause before attempt `attempt` (counted from 1): doubling, bounded, half of it by chance. */
export const backoffMs = (attempt: number, { firstMs, maxMs, chance }: BackoffOptions): number => {
  const fullMs = Math.min(firstMs * 2 ** Math.min(attempt - 1, 30), maxMs);
  return fullMs / 2 + chance() * (fullMs / 2);
};
