import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerForTests, type BrokerForTests } from '@murmuration/kafka-broker';
import { startStack, type Stack } from '@murmuration/tool-stack';
import { flockClient } from './flock-client';
import { readOrders, readStock, type DemoOrder } from './orders-file';
import { runDemo } from './run-demo';

const ROOT = join(__dirname, '../../..');
const OF_EACH_KIND = 3;
/** Long enough for a customer's cancellation to be first at shipping, however busy the machine is. */
const CARRIER_DELAY_MS = 2_000;
const START_MS = 120_000;
const RUN_MS = 180_000;

/** A few orders of every kind that the shipped file has. */
const someOfEach = (orders: readonly DemoOrder[]): readonly DemoOrder[] => {
  const taken = new Map<string, number>();
  return orders.filter(({ expect: { status, reason, detail }, paymentToken, cancel, repeat }) => {
    const kind = JSON.stringify([status, reason, detail, paymentToken, cancel, repeat]);
    const count = (taken.get(kind) ?? 0) + 1;
    taken.set(kind, count);
    return count <= OF_EACH_KIND;
  });
};

let dataDir: string;
let broker: BrokerForTests;
let stack: Stack;
const complaints: string[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmuration-saga-'));
  broker = await brokerForTests();
  stack = await startStack({
    ...{ dataDir, root: ROOT, ports: 'free', brokers: broker.brokers.join(',') },
    env: {
      KAFKA_TOPIC_PREFIX: `saga-${randomUUID()}.`,
      KAFKA_TOPIC_PARTITIONS: '3',
      CARRIER_DELAY_MS: String(CARRIER_DELAY_MS),
    },
    say: () => undefined,
    failed: ({ message }) => void complaints.push(message),
  });
}, START_MS);

afterAll(async () => {
  await stack?.stop();
  await broker?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, START_MS);

it(
  'five processes bring orders of every kind to the end that is expected of each',
  async () => {
    const orders = someOfEach(readOrders(join(ROOT, 'examples/orders.jsonl')));
    const outcomes = await runDemo({
      ...{ orders, stock: readStock(join(ROOT, 'examples/stock.jsonl')), rate: 50, giveUpAfterMs: RUN_MS / 2 },
      client: flockClient(stack.urls, { run: randomUUID().slice(0, 8) }),
      progress: () => undefined,
    });
    expect(outcomes).toHaveLength(orders.length);
    expect(outcomes.filter(({ asExpected }) => !asExpected)).toEqual([]);
    expect(complaints).toEqual([]);
  },
  RUN_MS,
);
