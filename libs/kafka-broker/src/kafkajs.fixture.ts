import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
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

export const createTopic = async (kafka: Kafka, numPartitions: number, prefix = 'suite'): Promise<string> => {
  const topic = uniqueName(prefix);
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, replicationFactor: 1 }] });
    // Apache Kafka names a leader a moment before that one serves; from then on it answers for its offsets.
    await admin.fetchTopicOffsets(topic);
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
