export * from './clock.port';
export * from './consumer-listener';
export * from './core/backlog';
export { classify, type Classification } from './core/classify';
export { decisionsOf, type Decisions, type StreamReader } from './core/decisions';
export * from './core/group-consumer';
export { lane, type Lane } from './core/lane';
export { decodeLink, encodeLink, watermarkKey } from './core/link-codec';
export { settleable, type QueuedRecord } from './core/parked-queue';
export {
  type ConsumerOptions,
  type Handled,
  type PartitionConsumer,
  partitionConsumer,
} from './core/partition-consumer';
export * from './core/plan-relay';
export * from './core/relay';
export * from './heard';
export * from './inbox.port';
export { ensureTopics, type EnsureTopicsOptions, type TopicSpec } from './kafka/ensure-topics';
export { kafkaClient, type KafkaClientOptions, type KafkaLogLine } from './kafka/kafka-client';
export { type KafkaConsumer, type KafkaConsumerOptions, startKafkaConsumer } from './kafka/kafka-consumer';
export { kafkaPublisher, type KafkaPublisherOptions } from './kafka/kafka-publisher';
export { guardKafkajs } from './kafka/kafkajs-guards';
export * from './link';
export * from './memory/memory-broker';
export * from './memory/memory-consumer';
export { memoryInbox } from './memory/memory-inbox';
export { memoryOutbox } from './memory/memory-outbox';
export * from './messaging-error';
export * from './outbox.port';
export * from './parked/parked-events';
export { messagingMigrations } from './postgres/migrations';
export { type PostgresInbox, type PostgresInboxOptions, postgresInbox, withInboxBell } from './postgres/postgres-inbox';
export { postgresOutbox } from './postgres/postgres-outbox';
export * from './publisher.port';
export { systemClock } from './system-clock';
