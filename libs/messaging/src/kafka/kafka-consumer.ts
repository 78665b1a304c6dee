import type { Message } from '@murmuration/kernel';
import { type Consumer, type EachBatchPayload, type Kafka, KafkaJSError } from 'kafkajs';
import { reasonOf } from '../core/claim-session';
import { groupConsumer, type GroupConsumer, type GroupConsumerOptions } from '../core/group-consumer';
import { backoffMs, pauseOf } from '../core/pause';
import { closeWithin, KAFKA_RETRY } from './kafka-client';
import { inboundRecord } from './kafka-record';

export type KafkaConsumerOptions<Command extends Message> = GroupConsumerOptions<Command> & {
  readonly kafka: Kafka;
  /** They must exist. */
  readonly topics: readonly string[];
  /** Topic-partitions whose batches are in hand at the same time. */
  readonly partitionsConsumedConcurrently?: number;
  readonly sessionTimeoutMs?: number;
  /** How long the broker may hold back an answer while there is nothing to read. */
  readonly fetchWaitMs?: number;
  /** How long a batch in hand may take after `stop`. */
  readonly graceMs?: number;
};

export type KafkaConsumer = {
  /** The core that it drives. */
  readonly group: GroupConsumer;
  /** Whether it is a member of its group now. */
  joined(): boolean;
  /** Finishes or drops what is in hand within the grace, and leaves the group. */
  stop(): Promise<void>;
};

const PARTITIONS_AT_ONCE = 24;
/** How long a killed member keeps its group waiting; the least that Apache Kafka allows unless told otherwise. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_000;
const REBALANCE_TIMEOUT_MS = 15_000;
const FETCH_WAIT_MS = 200;
const GRACE_MS = 5_000;
const CLOSE_MS = 5_000;
const COMMIT_EVERY_MS = 5_000;
/** A consumer that neither fetches nor beats for so long is taken for dead and made anew. */
const SILENCE_MAX_MS = 45_000;
const WATCH_EVERY_MS = 5_000;
const RESTART = { firstMs: 200, maxMs: 5_000 };
const BYTES_PER_PARTITION_MAX = 1_048_576;
const BYTES_PER_FETCH_MAX = 4_194_304;

/** What makes kafkajs leave its loop and join the group anew. */
const rejoin = (why: string): Error =>
  Object.assign(new KafkaJSError(why, { retriable: true }), { type: 'REBALANCE_IN_PROGRESS' });

const claimedByAnother = (topic: string, partition: number): Error =>
  rejoin(`another consumer has claimed ${topic}/${partition}`);

/**
 * Consumes topics of Kafka as one member of a group. Offsets, watermarks and epochs are the inbox's; what is committed to
 * Kafka is advice for those who look. Failures of the broker or the group never end it: it joins anew for ever.
 */
export const startKafkaConsumer = <Command extends Message>(options: KafkaConsumerOptions<Command>): KafkaConsumer => {
  const { kafka, groupId, topics, clock, chance, listener = {}, graceMs = GRACE_MS } = options;
  /** Ends the wait for a crash. */
  const endOf = new WeakMap<Consumer, (error: Error | undefined) => void>();
  const group = groupConsumer({
    ...options,
    onFenced: (topic, partition) => {
      if (current) endOf.get(current)?.(claimedByAnother(topic, partition));
    },
  });
  const rest = pauseOf(clock);
  let stopping = false;
  let joined = false;
  let generation = 0;
  let current: Consumer | undefined;
  let lastSignMs = Date.now();

  const disconnected = (error: unknown): void => listener.disconnected?.(error);

  const claimAndSeek = async (consumer: Consumer, topic: string, partition: number, mine: number): Promise<void> => {
    const claim = await group.claim(topic, partition);
    if (claim === undefined || generation !== mine || current !== consumer) return;
    consumer.seek({ topic, partition, offset: claim.nextOffset });
    consumer.resume([{ topic, partitions: [partition] }]);
  };

  const onJoin = (consumer: Consumer, assignment: Readonly<Record<string, readonly number[]>>): void => {
    const mine = ++generation;
    joined = true;
    group.dropAll();
    // Nothing is read before the inbox has said from where.
    for (const [topic, partitions] of Object.entries(assignment))
      consumer.pause([{ topic, partitions: [...partitions] }]);
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) claimAndSeek(consumer, topic, partition, mine).catch(disconnected);
    }
  };

  const eachBatch = async (consumer: Consumer, payload: EachBatchPayload): Promise<void> => {
    const { topic, partition, messages } = payload.batch;
    const last = messages.at(-1);
    if (last === undefined || !payload.isRunning() || payload.isStale()) return;
    let isInHand = true;
    let lost: Error | undefined;
    const beating = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => {
        // Later on, kafkajs beats by itself: dropped then, the topic-partition would not be claimed anew.
        if (!isInHand) return;
        // Whatever it failed with: of a lost connection kafkajs itself makes no more than another fetch.
        lost = rejoin(`a heartbeat failed: ${reasonOf(error)}`);
        group.drop(topic, partition);
      });
    }, HEARTBEAT_MS);
    try {
      const records = messages.map((message) => inboundRecord(topic, partition, message));
      const handled = await group.handle(topic, partition, records);
      if (lost !== undefined) throw lost;
      if (handled.outcome === 'applied') {
        if (handled.seekTo === undefined) payload.resolveOffset(last.offset);
        else consumer.seek({ topic, partition, offset: handled.seekTo });
      } else if (handled.outcome === 'halted') {
        consumer.pause([{ topic, partitions: [partition] }]);
      } else if (handled.outcome === 'fenced') {
        throw claimedByAnother(topic, partition);
      }
    } finally {
      isInHand = false;
      clearInterval(beating);
    }
  };

  const consumeUntilCrash = async (consumer: Consumer): Promise<void> => {
    const { events } = consumer;
    const alive = (): void => {
      lastSignMs = Date.now();
    };
    const crashed = new Promise<Error | undefined>((resolve) => {
      consumer.on(events.CRASH, ({ payload }) => resolve(payload.error));
      endOf.set(consumer, resolve);
    });
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      alive();
      onJoin(consumer, payload.memberAssignment);
    });
    consumer.on(events.REBALANCING, () => {
      joined = false;
    });
    consumer.on(events.FETCH, alive);
    consumer.on(events.HEARTBEAT, alive);
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: options.partitionsConsumedConcurrently ?? PARTITIONS_AT_ONCE,
      eachBatch: (payload) => eachBatch(consumer, payload),
    });
    const error = await crashed;
    if (error !== undefined) throw error;
  };

  const newConsumer = (): Consumer =>
    kafka.consumer({
      groupId,
      sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      ...{ minBytes: 1, maxWaitTimeInMs: options.fetchWaitMs ?? FETCH_WAIT_MS, maxBytes: BYTES_PER_FETCH_MAX },
      ...{ maxBytesPerPartition: BYTES_PER_PARTITION_MAX, allowAutoTopicCreation: false, readUncommitted: true },
      retry: { ...KAFKA_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });

  const run = async (): Promise<void> => {
    for (let attempt = 1; !stopping; attempt++) {
      const consumer = newConsumer();
      current = consumer;
      lastSignMs = Date.now();
      try {
        await consumeUntilCrash(consumer);
      } catch (error) {
        disconnected(error);
        if (joined) attempt = 1;
      }
      joined = false;
      generation += 1;
      if (stopping) return;
      group.dropAll();
      await closeWithin(CLOSE_MS, () => consumer.disconnect(), disconnected);
      if (!stopping) await rest.wait(backoffMs(attempt, { ...RESTART, chance }));
    }
  };

  const advise = async (): Promise<void> => {
    if (!joined || current === undefined) return;
    const offsets = group.nextOffsets().filter(({ offset }) => offset !== '0');
    if (offsets.length > 0) await current.commitOffsets(offsets);
  };
  const advising = setInterval(() => void advise().catch(disconnected), COMMIT_EVERY_MS);
  const watching = setInterval(() => {
    if (current === undefined || Date.now() - lastSignMs < SILENCE_MAX_MS) return;
    endOf.get(current)?.(new Error(`no sign of life for ${SILENCE_MAX_MS} ms`));
  }, WATCH_EVERY_MS);
  const running = run();

  const stop = async (): Promise<void> => {
    stopping = true;
    clearInterval(advising);
    clearInterval(watching);
    rest.wake();
    const consumer = current;
    if (consumer) {
      const grace = setTimeout(() => group.dropAll(), graceMs);
      await closeWithin(CLOSE_MS, advise, disconnected);
      await closeWithin(graceMs + CLOSE_MS, () => consumer.disconnect(), disconnected);
      clearTimeout(grace);
      endOf.get(consumer)?.(undefined);
    }
    await group.stop();
    await running;
  };
  let stopped: Promise<void> | undefined;

  return { group, joined: () => joined, stop: () => (stopped ??= stop()) };
};
