import { randomUUID } from 'node:crypto';
import { type BrokerForTests, brokerForTests } from '@murmuration/kafka-broker';
import { LOG_PARTITIONS, logContract } from '../log.contract';
import { systemClock } from '../system-clock';
import { ensureTopics } from './ensure-topics';
import { kafkaClient } from './kafka-client';
import { startKafkaConsumer } from './kafka-consumer';
import { kafkaPublisher } from './kafka-publisher';

let broker: BrokerForTests;
beforeAll(async () => {
  broker = await brokerForTests();
});
afterAll(() => broker.stop());

logContract('the log of Kafka', async () => {
  const kafka = kafkaClient({ brokers: [...broker.brokers], clientId: 'log' });
  const topic = `sightings-${randomUUID().slice(0, 8)}`;
  await ensureTopics(kafka, [{ topic, partitions: LOG_PARTITIONS }], { replicationFactor: 1 });
  return {
    topic,
    send: async (records) => {
      const publisher = kafkaPublisher({ kafka });
      await publisher.publish(records);
      await publisher.close();
    },
    consume: async (options) =>
      startKafkaConsumer({ ...options, kafka, topics: [topic], clock: systemClock, chance: Math.random }),
  };
});
