import {
  ensureTopics,
  kafkaClient,
  kafkaPublisher,
  MessagingError,
  startKafkaConsumer,
  type KafkaLogLine,
  type Publisher,
} from '@murmuration/messaging';
import type { ServiceConfig } from '../config/service-config';
import type { Logger } from '../logging/logger';
import type { Flow } from './flow';

export type KafkaFlowOptions = Pick<
  ServiceConfig,
  'KAFKA_BROKERS' | 'KAFKA_TOPIC_PARTITIONS' | 'KAFKA_TOPIC_PREFIX' | 'KAFKA_REPLICATION_FACTOR'
> & {
  readonly clientId: string;
  /** Those that are heard and spoken on; created where they are missing. */
  readonly topics: readonly string[];
  readonly logger: Logger;
};

/** Longer than it takes with a broker that is there. */
const TELL_AFTER_MS = 5_000;

const prefixed = (prefix: string, publisher: Publisher): Publisher =>
  prefix === ''
    ? publisher
    : {
        publish: (records) => publisher.publish(records.map((record) => ({ ...record, topic: prefix + record.topic }))),
        reset: () => publisher.reset(),
        close: () => publisher.close(),
      };

/** Carries events through Apache Kafka, or whatever speaks its protocol. */
export const kafkaFlow = ({ clientId, topics, logger, ...config }: KafkaFlowOptions): Flow => {
  const { KAFKA_TOPIC_PARTITIONS: partitions, KAFKA_TOPIC_PREFIX: prefix } = config;
  // What matters of a failure is also told by whoever met it.
  const log = ({ namespace, message, details }: KafkaLogLine): void => logger.debug({ namespace, ...details }, message);
  const kafka = kafkaClient({ brokers: [...config.KAFKA_BROKERS], clientId, log });
  let isClosed = false;

  const open = async (): Promise<void> => {
    const wanted = topics.map((topic) => ({ topic: prefix + topic, partitions }));
    const brokers = config.KAFKA_BROKERS;
    let hasWaited = false;
    const waits = (why: object = {}): void => {
      hasWaited = true;
      logger.warn({ ...why, brokers }, 'waiting for the broker');
    };
    // Whoever looks at the log need not wait until the first round of attempts is over.
    const telling = setTimeout(waits, TELL_AFTER_MS).unref();
    try {
      while (!isClosed) {
        try {
          await ensureTopics(kafka, wanted, { replicationFactor: config.KAFKA_REPLICATION_FACTOR });
          if (hasWaited) logger.info({ brokers }, 'the broker is there');
          return;
        } catch (error) {
          if (error instanceof MessagingError && !error.retryable) throw error;
          waits({ err: error });
        }
      }
    } finally {
      clearTimeout(telling);
    }
  };

  return {
    open,
    publisher: prefixed(
      prefix,
      kafkaPublisher({ kafka, onFailure: (error) => logger.debug({ err: error }, 'lost a producer') }),
    ),
    partitionsOf: () => partitions,
    startConsumer: ({ groupId, topics: wanted, ...options }) =>
      startKafkaConsumer({
        ...{ ...options, kafka, groupId: prefix + groupId },
        topics: wanted.map((topic) => prefix + topic),
      }),
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
  };
};
