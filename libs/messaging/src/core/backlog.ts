import { type EventStore, eventIdOf } from '@murmuration/event-store';
import type { Clock } from '../clock.port';
import { MessagingError } from '../messaging-error';
import type { Outbox } from '../outbox.port';
import { pauseOf } from './pause';

/** How much a service has stored that its relay has not looked at yet, as it was last counted. */
export type BacklogSize = {
  readonly unsent: number;
  /** So many fill it. */
  readonly max: number;
  /** Stays so, once it was, until the relay has clearly caught up. */
  readonly isFull: boolean;
};

/** What a backlog tells of itself, for logs. */
export type BacklogListener = {
  /** Once each time that it fills. */
  filled?(size: BacklogSize): void;
  /** Once each time that it is open again. */
  opened?(size: BacklogSize): void;
  /** It could not be counted; what was found before counts on. */
  failed?(error: unknown): void;
};

export type BacklogOptions = {
  readonly store: Pick<EventStore, 'logPartitions' | 'lastPosition' | 'findEvents'>;
  readonly outbox: Pick<Outbox, 'read'>;
  readonly clock: Pick<Clock, 'after'>;
  /** From 1. What is stored between two counts comes on top. */
  readonly max?: number;
  readonly everyMs?: number;
  readonly listener?: BacklogListener;
};

export type Backlog = {
  /** Resolves once it was counted for the first time, or could not be. */
  readonly counted: Promise<void>;
  size(): BacklogSize;
  /**
   * Whether a command may begin something new. Rejects with `MessagingError` `backlog-full` while it may not; a repeatable
   * command that was carried out before may always be asked for again, since it stores nothing.
   */
  admit(commandId: string, options?: { readonly repeatable?: boolean }): Promise<void>;
  /** Counts no more; a count in hand is let go. */
  stop(): void;
};

/** A broker that is away for hours leaves this many behind at a thousand events a second for almost three hours. */
export const UNSENT_EVENTS_MAX = 10_000_000;
const COUNT_EVERY_MS = 1_000;
/** Open again at this part of the maximum, so that it does not open and fill with every run of the relay. */
const OPEN_AT = 0.9;

/**
 * Counts what waits to be sent, over all log partitions. Every process of a service counts by itself, whoever leads the relay:
 * two reads of one row each per log partition, whatever the size. Nothing is full before the first count.
 */
export const countBacklog = (options: BacklogOptions): Backlog => {
  const { store, outbox, clock, max = UNSENT_EVENTS_MAX, everyMs = COUNT_EVERY_MS, listener = {} } = options;
  const opensAt = Math.floor(max * OPEN_AT);
  const rest = pauseOf(clock);
  let stopping = false;
  let size: BacklogSize = { unsent: 0, max, isFull: false };

  const unsentOf = async (logPartition: number): Promise<number> => {
    const [last, { position }] = await Promise.all([store.lastPosition(logPartition), outbox.read(logPartition)]);
    // The relay may have moved on between the two answers.
    return Math.max(0, last - position);
  };
  const count = async (): Promise<void> => {
    const unsent = await Promise.all(Array.from({ length: store.logPartitions }, (_, log) => unsentOf(log)));
    const sum = unsent.reduce((total, one) => total + one, 0);
    if (stopping) return;
    const wasFull = size.isFull;
    size = { unsent: sum, max, isFull: sum >= max || (wasFull && sum > opensAt) };
    if (size.isFull && !wasFull) listener.filled?.(size);
    if (!size.isFull && wasFull) listener.opened?.(size);
  };
  const tryToCount = (): Promise<void> =>
    count().catch((error: unknown) => {
      if (!stopping) listener.failed?.(error);
    });

  const goOnCounting = async (): Promise<void> => {
    while (!stopping) {
      await rest.wait(everyMs);
      if (!stopping) await tryToCount();
    }
  };
  const counted = tryToCount();
  void counted.then(goOnCounting);

  const isDone = async (commandId: string): Promise<boolean> => {
    const eventId = eventIdOf(commandId, 0);
    return (await store.findEvents([eventId])).has(eventId);
  };

  return {
    counted,
    size: () => size,
    admit: async (commandId, { repeatable = false } = {}) => {
      if (!size.isFull || (repeatable && (await isDone(commandId)))) return;
      const found = `${size.unsent} of at most ${max} wait, and new work is taken on again at ${opensAt}`;
      throw new MessagingError('backlog-full', found);
    },
    stop: () => {
      stopping = true;
      rest.wake();
    },
  };
};
