import {
  ensureTopics,
  kafkaClient,
  kafkaPublisher,
  MessagingError,
  startKafkaConsumer,
  type KafkaLogLine,
} from '@murmuration/messaging';
import type { ServiceConfig } from '../config/service-config';
import type { Logger } from '../logging/logger';
import type { Flow } from './flow';

export type KafkaFlowOptions = Pick<
  ServiceConfig,
  'KAFKA_BROKERS' | 'KAFKA_TOPIC_PARTITIONS' | 'KAFKA_REPLICATION_FACTOR'
> & {
  readonly clientId: string;
  /** Those that are heard and spoken on; created where they are missing. */
  readonly topics: readonly string[];
  readonly logger: Logger;
};

/** Carries events through Apache Kafka, or whatever speaks its protocol. */
export const kafkaFlow = ({ clientId, topics, logger, ...config }: KafkaFlowOptions): Flow => {
  const partitions = config.KAFKA_TOPIC_PARTITIONS;
  // What matters of a failure is also told by whoever met it.
  const log = ({ namespace, message, details }: KafkaLogLine): void => logger.debug({ namespace, ...details }, message);
  const kafka = kafkaClient({ brokers: [...config.KAFKA_BROKERS], clientId, log });
  let isClosed = false;

  const open = async (): Promise<void> => {
    const wanted = topics.map((topic) => ({ topic, partitions }));
    while (!isClosed) {
      try {
        return await ensureTopics(kafka, wanted, { replicationFactor: config.KAFKA_REPLICATION_FACTOR });
      } catch (error) {
        if (error instanceof MessagingError && !error.retryable) throw error;
        logger.warn({ err: error, brokers: config.KAFKA_BROKERS }, 'waiting for the broker');
      }
    }
  };

  return {
    open,
    publisher: kafkaPublisher({ kafka, onFailure: (error) => logger.debug({ err: error }, 'lost a producer') }),
    partitionsOf: () => partitions,
    startConsumer: (options) => startKafkaConsumer({ ...options, kafka }),
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
  };
};
