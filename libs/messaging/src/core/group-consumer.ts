import type { Message } from '@murmuration/kernel';
import type { Claim } from '../inbox.port';
import type { Inbound } from '../link';
import { circuitBreaker } from './circuit-breaker';
import { type ConsumerOptions, type Handled, type PartitionConsumer, partitionConsumer } from './partition-consumer';
import { jointWork } from './joint-work';
import { lane } from './lane';
import { backoffMs, pauseOf } from './pause';
import { wishWatch } from './wish-watch';

export type GroupConsumerOptions<Command extends Message> = ConsumerOptions<Command> & {
  readonly groupId: string;
  /** Names this process in the claims that it makes. */
  readonly holder: string;
  readonly wishesEveryMs?: number;
  /** A claim has ended while no record was in hand that could say so: the group is to be joined anew. */
  readonly onFenced?: (topic: string, partition: number) => void;
};

/** All that one process consumes for one group. */
export type GroupConsumer = {
  /**
   * Claims a topic-partition that the broker has assigned, which fences whoever had it. Waits as long as the database is
   * away; undefined when it was dropped meanwhile.
   */
  claim(topic: string, partition: number): Promise<Claim | undefined>;
  /** `unclaimed` when the claim is not (or no longer) made: the records are not touched. */
  handle(
    topic: string,
    partition: number,
    records: readonly Inbound[],
  ): Promise<Handled | { readonly outcome: 'unclaimed' }>;
  /** Where a restart would begin, for every topic-partition that is claimed now. */
  nextOffsets(): readonly { readonly topic: string; readonly partition: number; readonly offset: string }[];
  drop(topic: string, partition: number): void;
  /** The group's assignment is no longer this one. */
  dropAll(): void;
  /** Looks for parked records to settle now instead of at the next interval. */
  settleNow(): void;
  stop(): Promise<void>;
};

const WISHES_EVERY_MS = 1_000;
const CLAIM_RETRY = { firstMs: 100, maxMs: 5_000 };

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

export const groupConsumer = <Command extends Message>(options: GroupConsumerOptions<Command>): GroupConsumer => {
  const { inbox, groupId, holder, clock, chance, listener = {}, wishesEveryMs = WISHES_EVERY_MS } = options;
  const consumers = new Map<string, PartitionConsumer>();
  const onFailure = (error: unknown): void => listener.storingFailed?.(error);
  const consuming = {
    ...options,
    joint: options.joint ?? jointWork({ ...options, onFailure }),
    breaker: options.breaker ?? circuitBreaker({ chance, listener }),
    suspects: options.suspects ?? lane(),
  };
  /** The latest wish to claim each place: an older one that is still waiting gives up. */
  const claiming = new Map<string, symbol>();
  const rest = pauseOf(clock);
  let stopped = false;

  const drop = (place: string): void => {
    claiming.delete(place);
    const consumer = consumers.get(place);
    if (consumer === undefined) return;
    consumer.abandon();
    consumers.delete(place);
    const { topic, partition } = consumer.claim;
    listener.dropped?.({ topic, partition });
  };
  const dropAll = (): void => {
    for (const place of new Set([...claiming.keys(), ...consumers.keys()])) drop(place);
    rest.wake();
  };

  const claim = async (topic: string, partition: number): Promise<Claim | undefined> => {
    const place = placeOf(topic, partition);
    drop(place);
    const mine = Symbol(place);
    claiming.set(place, mine);
    const wanted = (): boolean => !stopped && claiming.get(place) === mine;
    for (let attempt = 1; wanted(); attempt++) {
      try {
        const made = await inbox.claim(groupId, topic, partition, holder);
        if (!wanted()) return undefined;
        claiming.delete(place);
        consumers.set(place, partitionConsumer(made, consuming));
        listener.claimed?.({ topic, partition, epoch: made.epoch, nextOffset: made.nextOffset });
        return made;
      } catch (error) {
        const pauseMs = backoffMs(attempt, { ...CLAIM_RETRY, chance });
        listener.retrying?.({ topic, partition, error, attempt, pauseMs });
        if (wanted()) await rest.wait(pauseMs);
      }
    }
    return undefined;
  };

  const wishes = wishWatch({
    ...{ inbox, groupId, decode: options.decode, clock, listener, everyMs: wishesEveryMs },
    consumers: () => consumers.values(),
    fenced: (consumer) => {
      const { topic, partition } = consumer.claim;
      if (consumers.get(placeOf(topic, partition)) === consumer) options.onFenced?.(topic, partition);
    },
  });

  return {
    claim,
    handle: async (topic, partition, records) => {
      const consumer = consumers.get(placeOf(topic, partition));
      return consumer === undefined ? { outcome: 'unclaimed' } : consumer.handle(records);
    },
    nextOffsets: () =>
      [...consumers.values()].map(({ claim: { topic, partition }, nextOffset }) => ({
        ...{ topic, partition, offset: nextOffset() },
      })),
    drop: (topic, partition) => drop(placeOf(topic, partition)),
    dropAll,
    settleNow: () => wishes.lookNow(),
    stop: async () => {
      stopped = true;
      dropAll();
      await wishes.stop();
    },
  };
};
