import type { Admin, Kafka } from 'kafkajs';
import { MessagingError } from '../messaging-error';

export type TopicSpec = { readonly topic: string; readonly partitions: number };

export type EnsureTopicsOptions = {
  /** The broker's default when absent. */
  readonly replicationFactor?: number;
};

const ATTEMPTS_MAX = 40;
const PAUSE_MS = 250;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** How many partitions each of the topics has; missing ones are left out. */
const partitionCounts = async (admin: Admin, wanted: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const existing = new Set(await admin.listTopics());
  const topics = wanted.filter((topic) => existing.has(topic));
  if (topics.length === 0) return new Map();
  const metadata = await admin.fetchTopicMetadata({ topics });
  return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
};

const ensure = async (admin: Admin, topics: readonly TopicSpec[], replicationFactor: number): Promise<boolean> => {
  const counts = await partitionCounts(
    admin,
    topics.map(({ topic }) => topic),
  );
  const missing = topics.filter(({ topic }) => !counts.has(topic));
  for (const { topic, partitions } of topics) {
    const found = counts.get(topic);
    if (found !== undefined && found !== partitions)
      throw new MessagingError(
        'partitions-differ',
        `${topic} has ${found} partitions, its contract says ${partitions}`,
      );
  }
  if (missing.length === 0) return true;
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor })),
  });
  return false;
};

/**
 * Creates the topics that are missing; several processes may do so at once. Rejects with `MessagingError`:
 * `partitions-differ` when a topic is there with another count, `topic-missing` when one cannot be created in 10 s.
 */
export const ensureTopics = async (
  kafka: Kafka,
  topics: readonly TopicSpec[],
  { replicationFactor = -1 }: EnsureTopicsOptions = {},
): Promise<void> => {
  const admin = kafka.admin();
  let cause: unknown;
  try {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      try {
        await admin.connect();
        if (await ensure(admin, topics, replicationFactor)) return;
      } catch (error) {
        if (error instanceof MessagingError) throw error;
        cause = error;
      }
      await pause();
    }
  } finally {
    await admin.disconnect();
  }
  throw new MessagingError('topic-missing', topics.map(({ topic }) => topic).join(', '), { cause });
};
