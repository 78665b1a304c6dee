import { type BrokerForTests, brokerForTests } from '@murmuration/kafka-broker';
import { kafkaClient } from './kafka-client';

let broker: BrokerForTests;
beforeAll(async () => {
  broker = await brokerForTests();
});
afterAll(async () => {
  await broker.stop();
});

const SHORT_MS = 50;
const IDLE_MS = 500;

it('an idle connection of kafkajs starts no short timers', async () => {
  const admin = kafkaClient({ brokers: broker.brokers, clientId: 'idle' }).admin();
  await admin.connect();
  await admin.listTopics();
  const original = global.setTimeout;
  let shortTimers = 0;
  const counting = (...args: Parameters<typeof original>): NodeJS.Timeout => {
    if ((args[1] ?? 0) < SHORT_MS && new Error().stack?.includes('requestQueue')) shortTimers += 1;
    return original(...args);
  };
  global.setTimeout = Object.assign(counting, { __promisify__: original.__promisify__ });
  try {
    await new Promise((resolve) => original(resolve, IDLE_MS));
  } finally {
    global.setTimeout = original;
    await admin.disconnect();
  }
  expect(shortTimers).toBe(0);
});

it('requests beyond what may be in flight still get their turn', async () => {
  const admin = kafkaClient({ brokers: broker.brokers, clientId: 'busy' }).admin();
  await admin.connect();
  const answers = await Promise.all(Array.from({ length: 40 }, () => admin.listTopics()));
  expect(answers).toHaveLength(40);
  await admin.disconnect();
});
