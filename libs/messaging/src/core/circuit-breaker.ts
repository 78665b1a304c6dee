import type { ConsumerListener } from '../consumer-listener';
import { backoffMs } from './pause';

/**
 * Tells an outage from a record's own fault, for all topic-partitions of one process. While it is open, one place at a time
 * tries one record, and the others wait. Three things are told apart:
 *
 * - The database does not answer a read and an empty commit: it is away, and nothing is parked, however long that lasts.
 * - The database answers, and the bindings of three keys in a row say that they cannot answer now: what they need is away,
 *   and nothing is parked as long as they say so.
 * - The database answers, and three keys in a row fail otherwise, as by statements of theirs that fail. Nobody can tell
 *   whether all others would fail too, so each one's own probes use up its retry budget, which doubles with each record that
 *   was parked since anything was applied. Then it is parked on trial: with what the service says of it, which a database
 *   that stores no events refuses. As soon as anything is applied, what was parked on trial is redriven.
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
  /** The place is not this process's any more: it leaves, and which of its keys fail is no longer known here. */
  drop(place: string): void;
  /** The database does not answer. */
  away(place: string, error: unknown): void;
  /**
   * A record failed by itself although the database answers. True when too many keys do so at the same time for it to be
   * their own fault: then the circuit is open until one of them works.
   */
  keyFailed(place: string, key: string, error: unknown): boolean;
  /** A record was parked because it kept failing while nothing else could show that others do not. Its key fails no more. */
  parkedOnTrial(place: string, key: string, id: string): void;
  /** By how much a record's retry budget is to be multiplied, for it is ever less likely that only its own fault is to blame. */
  patience(): number;
  /** Something was stored, though nothing was applied: the database is not away. */
  answered(): void;
  /** A record was applied. Answers the records that were parked on trial if the circuit has been open, maybe wrongly so. */
  worked(): readonly string[];
  /** Nobody could be asked to redrive such a record: it is answered once more when the next one is applied. */
  owe(id: string): void;
};

/** Keys that fail by themselves, with nothing applied in between, before the fault is taken for the database's. */
const KEYS_FAILING_TOGETHER = 3;
/** How often the retry budget doubles at most: from half a minute to a quarter of an hour. */
const DOUBLINGS_MAX = 5;
/** Records parked on trial that are kept in mind; the oldest ones are left to operators beyond them. */
const TRIALS_MAX = 1_000;
const PROBE = { firstMs: 100, maxMs: 5_000 };

const nameOf = (place: string, key: string): string => JSON.stringify([place, key]);

export const circuitBreaker = ({
  chance,
  listener = {},
}: {
  readonly chance: () => number;
  readonly listener?: Pick<ConsumerListener, 'breakerOpened' | 'breakerClosed'>;
}): CircuitBreaker => {
  /** The place of each key that fails. */
  const failing = new Map<string, string>();
  const waiting = new Map<string, () => void>();
  let trials: readonly string[] = [];
  let owed: readonly string[] = [];
  let isOpen = false;
  /** It has been open since anything was applied. */
  let isSuspicious = false;
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
    isSuspicious = true;
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
  const leave = (place: string): void => {
    waiting.get(place)?.();
    waiting.delete(place);
    if (probing === place) handOver();
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
    leave,
    drop: (place) => {
      for (const [name, at] of failing) if (at === place) failing.delete(name);
      leave(place);
    },
    away: (place, error) => {
      open(error);
      if (probing === place) handOver();
    },
    keyFailed: (place, key, error) => {
      failing.set(nameOf(place, key), place);
      if (failing.size < KEYS_FAILING_TOGETHER) {
        close();
        return false;
      }
      open(error);
      if (probing === place) handOver();
      return true;
    },
    parkedOnTrial: (place, key, id) => {
      trials = [...trials, id].slice(-TRIALS_MAX);
      if (!isOpen) return;
      failing.delete(nameOf(place, key));
      if (failing.size < KEYS_FAILING_TOGETHER) close();
    },
    patience: () => 2 ** Math.min(Math.max(0, trials.length + 1 - KEYS_FAILING_TOGETHER), DOUBLINGS_MAX),
    answered: () => {
      if (failing.size < KEYS_FAILING_TOGETHER) close();
    },
    worked: () => {
      const innocent = isSuspicious ? [...owed, ...trials] : owed;
      owed = [];
      trials = [];
      isSuspicious = false;
      failing.clear();
      close();
      return innocent;
    },
    owe: (id) => {
      owed = [...owed, id].slice(-TRIALS_MAX);
    },
  };
};
