import type { Kafka, Message, Producer } from 'kafkajs';
import type { Outbound } from '../link';
import { MessagingError } from '../messaging-error';
import type { Publisher } from '../publisher.port';
import { closeWithin, KAFKA_RETRY } from './kafka-client';

export type KafkaPublisherOptions = {
  readonly kafka: Kafka;
  /** Hears of connections that could not be closed in order. */
  readonly onFailure?: (error: unknown) => void;
};

const ALL_IN_SYNC_REPLICAS = -1;
const CLOSE_MS = 2_000;

const byTopic = (records: readonly Outbound[]): { topic: string; messages: Message[] }[] => {
  const topics = new Map<string, Message[]>();
  for (const { topic, partition, key, value, headers } of records) {
    const messages = topics.get(topic) ?? [];
    if (messages.length === 0) topics.set(topic, messages);
    messages.push({ partition, key, value, headers });
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
};

/** Sends to Kafka by an idempotent producer, each record to the partition that it names. Rejects with `MessagingError`. */
export const kafkaPublisher = ({ kafka, onFailure = () => undefined }: KafkaPublisherOptions): Publisher => {
  let producer: Promise<Producer> | undefined;

  const connected = async (): Promise<Producer> => {
    const fresh = kafka.producer({
      ...{ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry: KAFKA_RETRY },
      createPartitioner:
        () =>
        ({ message: { partition } }) =>
          partition ?? 0,
    });
    await fresh.connect();
    return fresh;
  };
  const close = async (): Promise<void> => {
    const former = producer;
    producer = undefined;
    if (former) await closeWithin(CLOSE_MS, async () => (await former).disconnect(), onFailure);
  };

  return {
    publish: async (records) => {
      producer ??= connected();
      try {
        const sender = await producer;
        await sender.sendBatch({ acks: ALL_IN_SYNC_REPLICAS, topicMessages: byTopic(records) });
      } catch (cause) {
        const detail = cause instanceof Error ? cause.message : String(cause);
        throw new MessagingError('unavailable', detail, { cause });
      }
    },
    reset: close,
    close,
  };
};
