import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, type Broker } from '@murmuration/kafka-broker';
import { eventually } from '@murmuration/testing';
import { countsOf, see } from '../flock.fixture';
import { ensureTopics } from './ensure-topics';
import { KafkaFlock, PARTITIONS } from './kafka-flock.fixture';
import { kafkaPublisher } from './kafka-publisher';

const PATIENCE = { timeoutMs: 40_000 };

let flock: KafkaFlock;
let dataDir: string;
let broker: Broker;
beforeAll(async () => {
  flock = await KafkaFlock.start();
  dataDir = await mkdtemp(join(tmpdir(), 'restarted-broker-'));
  broker = await startBroker({ port: 0, dataDir });
}, 60_000);
afterAll(async () => {
  await flock.end();
  await broker.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

it('30: a relay and a consumer outlive their broker, and what was stored meanwhile arrives in order', async () => {
  const { host, port } = broker.address;
  const kafka = flock.kafka('restarted', [`${host}:${port}`]);
  const topic = `sightings-${randomUUID()}`;
  await ensureTopics(kafka, [{ topic, partitions: PARTITIONS }], { replicationFactor: 1 });
  const [source, target] = await Promise.all([flock.database(), flock.database()]);
  const relayFailures: unknown[] = [];
  const listener = { failed: (_: string, error: unknown) => void relayFailures.push(error) };
  flock.relay(source, topic, { publisher: kafkaPublisher({ kafka }), listener });
  const { consumer, all } = flock.consumer(target, topic, { groupId: 'tally', kafka });

  const told: number[] = [];
  const seeSome = async (count: number): Promise<void> => {
    for (let one = 0; one < count; one++) {
      told.push(told.length);
      await see(source.store, { place: 'lake', birds: told.length - 1 });
    }
  };
  const arrived = (): Promise<unknown> =>
    eventually(async () => (await target.store.lastPosition(0)) === told.length, PATIENCE);

  await seeSome(30);
  await arrived();
  await broker.stop();
  await seeSome(30);
  await eventually(() => relayFailures.length > 0, PATIENCE);
  broker = await startBroker({ port, dataDir });
  await seeSome(30);
  await arrived();
  await eventually(() => consumer.joined(), PATIENCE);
  await seeSome(30);
  await arrived();
  expect(await countsOf(target.store, 'lake')).toEqual(told);
  expect(all('parked')).toEqual([]);
}, 120_000);
