import { epochMs, type Message, plusMs } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { ConsumerListener } from '../consumer-listener';
import type { DecodeRecord } from '../heard';
import type { Inbox, ParkedWish } from '../inbox.port';
import { reasonOf } from './claim-session';
import type { PartitionConsumer } from './partition-consumer';
import { pauseOf } from './pause';
import { wishForKnown } from './wish-for-known';

export type WishWatchOptions<Command extends Message> = {
  readonly inbox: Pick<Inbox, 'listParked' | 'wish' | 'listWishes' | 'pruneSettled'>;
  readonly groupId: string;
  readonly decode: DecodeRecord<Command>;
  readonly clock: Clock;
  readonly listener: ConsumerListener;
  readonly everyMs: number;
  /** Those of the topic-partitions that are claimed now. */
  readonly consumers: () => Iterable<PartitionConsumer>;
  /** Settling has shown that its claim has ended. */
  readonly fenced: (consumer: PartitionConsumer) => void;
};

/**
 * Has the parked records settled of which somebody wants it, and forgets long after what was settled. The topic-partitions
 * do not wait for each other: each has at most one settling in hand, what it decides and stores takes its turn in the lane,
 * and while it is busy only the others' wishes are asked for.
 */
export type WishWatch = {
  /** Looks now instead of at the next interval. */
  lookNow(): void;
  /** Resolves once nothing is in hand any more, which needs the consumers to be abandoned. */
  stop(): Promise<void>;
};

/** Topic-partitions that are asked at the same time for records that waited for newer code. */
const ASKED_TOGETHER_MAX = 4;
const PRUNE_EVERY_MS = 600_000;
/** How long a settled record stays with its trail. */
export const SETTLED_KEPT_MS = 30 * 24 * 3_600_000;
/** Settled records that are forgotten at once; after a sweep that found as many, the next follows at the next look. */
export const PRUNED_TOGETHER_MAX = 500;

export const wishWatch = <Command extends Message>(options: WishWatchOptions<Command>): WishWatch => {
  const { inbox, groupId, clock, listener, everyMs, consumers, fenced } = options;
  const rest = pauseOf(clock);
  const inHand = new Set<Promise<void>>();
  const settling = new Set<PartitionConsumer>();
  const asking = new Set<PartitionConsumer>();
  const asked = new WeakSet<PartitionConsumer>();
  /** Those that are still to be asked for, whoever failed behind the others. */
  const unasked = new Set<PartitionConsumer>();
  let pruneAtMs = epochMs(clock.now()) + PRUNE_EVERY_MS;
  let isPruning = false;
  let stopped = false;

  const onFailure = (error: unknown): void => listener.wishesFailed?.(reasonOf(error));

  const begin = (work: Promise<void>): void => {
    const mine = work.finally(() => inHand.delete(mine));
    inHand.add(mine);
  };

  const ask = async (consumer: PartitionConsumer): Promise<void> => {
    try {
      await wishForKnown(consumer.claim, options);
      asked.add(consumer);
    } catch (error) {
      onFailure(error);
    } finally {
      asking.delete(consumer);
    }
  };
  const askSome = (): void => {
    const claimed = new Set(consumers());
    for (const consumer of unasked) if (!claimed.has(consumer)) unasked.delete(consumer);
    for (const consumer of claimed) if (!asked.has(consumer) && !asking.has(consumer)) unasked.add(consumer);
    for (const consumer of unasked) {
      if (asking.size >= ASKED_TOGETHER_MAX) return;
      unasked.delete(consumer);
      asking.add(consumer);
      begin(ask(consumer));
    }
  };

  const settle = async (consumer: PartitionConsumer, wishes: readonly ParkedWish[]): Promise<void> => {
    try {
      const { outcome } = await consumer.settle(wishes);
      if (outcome === 'fenced') fenced(consumer);
    } catch (error) {
      onFailure(error);
    } finally {
      settling.delete(consumer);
    }
  };
  const settleSome = async (): Promise<void> => {
    const free = [...consumers()].filter((consumer) => !settling.has(consumer));
    if (free.length === 0) return;
    const wishes = await inbox.listWishes(
      groupId,
      free.map(({ claim: { topic, partition } }) => ({ topic, partition })),
    );
    if (stopped) return;
    for (const consumer of free) {
      const { topic, partition } = consumer.claim;
      const isMine = ({ record }: ParkedWish): boolean => record.topic === topic && record.partition === partition;
      const mine = wishes.filter(isMine);
      if (mine.length === 0) continue;
      settling.add(consumer);
      begin(settle(consumer, mine));
    }
  };

  const prune = async (): Promise<void> => {
    const nowMs = epochMs(clock.now());
    if (isPruning || nowMs < pruneAtMs) return;
    isPruning = true;
    pruneAtMs = nowMs + PRUNE_EVERY_MS;
    try {
      const pruned = await inbox.pruneSettled(plusMs(clock.now(), -SETTLED_KEPT_MS), PRUNED_TOGETHER_MAX);
      if (pruned >= PRUNED_TOGETHER_MAX) pruneAtMs = nowMs;
    } catch (error) {
      listener.pruningFailed?.(reasonOf(error));
    } finally {
      isPruning = false;
    }
  };

  const watch = async (): Promise<void> => {
    for (;;) {
      await rest.wait(everyMs);
      if (stopped) return;
      begin(prune());
      askSome();
      try {
        await settleSome();
      } catch (error) {
        onFailure(error);
      }
    }
  };
  const watching = watch();

  return {
    lookNow: () => rest.wake(),
    stop: async () => {
      stopped = true;
      rest.wake();
      await watching;
      await Promise.all(inHand);
    },
  };
};
