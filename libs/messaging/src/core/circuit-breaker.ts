import type { ConsumerListener } from '../consumer-listener';
import { backoffMs } from './pause';

/**
 * Tells a database that is away from a record that cannot be stored, for all topic-partitions of one process. While it is
 * open nothing is parked, one place at a time tries one record, and the others wait.
 */
export type CircuitBreaker = {
  isOpen(): boolean;
  /**
   * Resolves when the place may work, with the pause to make before: at once while closed, else when it is its turn to
   * probe, or with 0 once it does not want to go on any more.
   */
  turn(place: string, goesOn: () => boolean): Promise<number>;
  /** The place gives up its turn, and looks again whether it wants to wait for one. */
  leave(place: string): void;
  /** The database does not answer. */
  away(place: string, error: unknown): void;
  /**
   * A record failed by itself although the database answers. True when too many keys do so at the same time for it to be
   * their own fault: then the circuit is open until one of them works.
   */
  keyFailed(place: string, key: string, error: unknown): boolean;
  /** A record was parked because it kept failing while nothing else could show that others do not. */
  parkedOnTrial(id: string): void;
  /** Something was stored, though nothing was applied: the database is not away. */
  answered(): void;
  /** A record was applied. Answers the records that were parked on trial and wrongly so: everything had failed. */
  worked(): readonly string[];
};

/** Keys that fail by themselves, with nothing applied in between, before the fault is taken for the database's. */
const KEYS_FAILING_TOGETHER = 3;
const PROBE = { firstMs: 100, maxMs: 5_000 };

export const circuitBreaker = ({
  chance,
  listener = {},
}: {
  readonly chance: () => number;
  readonly listener?: Pick<ConsumerListener, 'breakerOpened' | 'breakerClosed'>;
}): CircuitBreaker => {
  const failing = new Set<string>();
  const waiting = new Map<string, () => void>();
  let trials: readonly string[] = [];
  let isOpen = false;
  let probes = 0;
  let probing: string | undefined;

  const handOver = (): void => {
    probing = undefined;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next[0]);
    next[1]();
  };
  const open = (error: unknown): void => {
    if (isOpen) return;
    isOpen = true;
    probes = 0;
    listener.breakerOpened?.({ error, keysFailing: failing.size });
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    probing = undefined;
    for (const go of waiting.values()) go();
    waiting.clear();
    listener.breakerClosed?.({ probes });
  };

  return {
    isOpen: () => isOpen,
    turn: async (place, goesOn) => {
      while (isOpen && goesOn() && probing !== undefined && probing !== place)
        await new Promise<void>((go) => void waiting.set(place, go));
      if (!isOpen || !goesOn()) return 0;
      probing = place;
      probes += 1;
      return backoffMs(probes, { ...PROBE, chance });
    },
    leave: (place) => {
      waiting.get(place)?.();
      waiting.delete(place);
      if (probing === place) handOver();
    },
    away: (place, error) => {
      open(error);
      if (probing === place) handOver();
    },
    keyFailed: (place, key, error) => {
      failing.add(JSON.stringify([place, key]));
      if (failing.size < KEYS_FAILING_TOGETHER) {
        close();
        return false;
      }
      open(error);
      if (probing === place) handOver();
      return true;
    },
    parkedOnTrial: (id) => {
      trials = [...trials, id];
    },
    answered: () => {
      if (failing.size < KEYS_FAILING_TOGETHER) close();
    },
    worked: () => {
      const innocent = isOpen ? trials : [];
      trials = [];
      failing.clear();
      close();
      return innocent;
    },
  };
};
