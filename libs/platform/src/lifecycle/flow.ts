import type { Message } from '@murmuration/kernel';
import {
  memoryPublisher,
  startMemoryConsumer,
  type GroupConsumerOptions,
  type MemoryBroker,
  type Publisher,
} from '@murmuration/messaging';
import type { RunningConsumer } from '../transport/flock-server';

/** What carries events between the services. */
export type Flow = {
  /**
   * Resolves once the topics are there with the right number of partitions, however long the broker stays away. Rejects
   * with `MessagingError` when trying again cannot help.
   */
  open(): Promise<void>;
  readonly publisher: Publisher;
  readonly partitionsOf: (topic: string) => number;
  startConsumer<Command extends Message>(
    options: GroupConsumerOptions<Command> & { readonly topics: readonly string[] },
  ): Promise<RunningConsumer> | RunningConsumer;
  /** Ends what is not stopped with its consumer and publisher: above all an `open` that still waits. */
  close(): Promise<void>;
};

/** Carries events within this process. */
export const memoryFlow = (broker: MemoryBroker, topics: readonly string[], partitions = 1): Flow => ({
  open: () => {
    for (const topic of topics) broker.createTopic(topic, partitions);
    return Promise.resolve();
  },
  publisher: memoryPublisher(broker),
  partitionsOf: (topic) => broker.partitionsOf(topic),
  startConsumer: (options) => startMemoryConsumer({ ...options, broker }),
  close: () => Promise.resolve(),
});
