import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Admin, Kafka, KafkaJSError, logLevel } from 'kafkajs';
import { type BrokerForTests, brokerForTests } from './testing/broker-for-tests.fixture';

export type TestCluster = BrokerForTests & { readonly kafka: Kafka };

export const kafkaFor = (brokers: readonly string[], clientId = 'broker-suite'): Kafka =>
  new Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 8 },
  });

export const testCluster = async (): Promise<TestCluster> => {
  const broker = await brokerForTests();
  return { ...broker, kafka: kafkaFor(broker.brokers) };
};

/** A name no other test has, since an Apache Kafka under test keeps what earlier runs left. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`;

const SERVED_WITHIN_MS = 15_000;
const ASK_AGAIN_MS = 50;

/**
 * Apache Kafka has made a topic a moment before every broker has heard of it, and names a leader a moment before that one serves:
 * it refuses metadata, offsets and fetches until then.
 */
const untilServed = async (admin: Admin, topic: string): Promise<void> => {
  const deadline = performance.now() + SERVED_WITHIN_MS;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      const isEarly = error instanceof KafkaJSError && error.retriable;
      if (!isEarly || performance.now() > deadline) throw error;
    }
    await setTimeout(ASK_AGAIN_MS);
  }
};

export const createTopic = async (kafka: Kafka, numPartitions: number, prefix = 'suite'): Promise<string> => {
  const topic = uniqueName(prefix);
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, replicationFactor: 1 }] });
    await untilServed(admin, topic);
  } finally {
    await admin.disconnect();
  }
  return topic;
};

export type Received = {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: string;
};
