import { agendaStoreContract } from '@murmuration/effects/suites';
import { coordinationContract, eventStoreContract } from '@murmuration/event-store/suites';
import { startMemoryConsumer } from '@murmuration/messaging';
import { inboxContract, LOG_PARTITIONS, logContract, outboxContract } from '@murmuration/messaging/suites';
import { simulatedDatabase } from './database';
import { simulatedLog } from './log';
import { startProcess } from './process';
import { pumpedSurroundings } from './pumped-time.fixture';

const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

/** One simulated database, and two processes that are connected to it. */
const connected = (logPartitions = 1) => {
  const surroundings = pumpedSurroundings();
  stops.push(surroundings.stop);
  const database = simulatedDatabase('orders', surroundings, logPartitions);
  const connect = (name: string) => database.connect(startProcess(name, surroundings));
  return { first: connect('orders-1'), second: connect('orders-2'), pass: surroundings.pass };
};

eventStoreContract('the simulated event store', async (logPartitions) => {
  const { first, second } = connected(logPartitions);
  return { store: first.store, other: second.store };
});

coordinationContract('the simulated coordination', async () => {
  const { first, pass } = connected();
  return { coordination: first.coordination, pass };
});

agendaStoreContract('the simulated agenda store', async () => {
  const { first, pass } = connected();
  return { store: first.agendaStore, pass };
});

describe('the simulated inbox', () => {
  inboxContract(async () => {
    const { first, second } = connected();
    return { inbox: first.inbox, other: second.inbox, store: first.store };
  });
});

describe('the simulated outbox', () => {
  outboxContract(async () => connected().first.outbox);
});

logContract('the simulated log', async () => {
  const surroundings = pumpedSurroundings();
  stops.push(surroundings.stop);
  const log = simulatedLog(surroundings);
  const topic = 'sightings';
  log.broker.createTopic(topic, LOG_PARTITIONS);
  const sender = startProcess('source-1', surroundings);
  return {
    topic,
    send: (records) => log.publisherOf(sender).publish(records),
    consume: async (options) => {
      const process = startProcess(options.holder, surroundings);
      const { clock, timing } = process;
      return startMemoryConsumer({
        ...{ ...options, broker: log.brokerOf(process), topics: [topic], clock, chance: timing.chance },
      });
    },
  };
});
