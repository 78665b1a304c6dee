import { systemClock } from '../system-clock';
import { LOG_PARTITIONS, logContract } from '../log.contract';
import { memoryBroker, memoryPublisher } from './memory-broker';
import { startMemoryConsumer } from './memory-consumer';

logContract('the log in memory', async () => {
  const broker = memoryBroker({ now: () => systemClock.now() });
  const topic = 'sightings';
  broker.createTopic(topic, LOG_PARTITIONS);
  return {
    topic,
    send: (records) => memoryPublisher(broker).publish(records),
    consume: async (options) =>
      startMemoryConsumer({ ...options, broker, topics: [topic], clock: systemClock, chance: Math.random }),
  };
});
