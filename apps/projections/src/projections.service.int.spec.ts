import {
  EVENTS,
  say,
  encodeRecord,
  orderSubmitted,
  stockReserved,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { postgresForTests, type TestDatabase, type TestPostgres } from '@murmuration/embedded-postgres';
import { poolOf } from '@murmuration/event-store';
import { startBroker, type Broker } from '@murmuration/kafka-broker';
import { encodeLink, kafkaClient, type Link } from '@murmuration/messaging';
import {
  createLogger,
  kafkaFlow,
  openPostgresStorage,
  startService,
  systemNow,
  type StartedService,
} from '@murmuration/platform';
import { eventually } from '@murmuration/testing';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectionsService } from './projections.module';
import { postgresViewStore } from './views/postgres-view-store';
import { viewsMigrations } from './views/views.migrations';

const TOPICS = [...new Set(EVENTS.map(({ topic }) => topic))];
const PARTITIONS = 2;
const WAIT = { timeoutMs: 25_000 };
const logger = createLogger('projections', 'silent');

let postgres: TestPostgres;
let database: TestDatabase;
let broker: Broker;
let dataDir: string;
let service: StartedService;
let kafka: ReturnType<typeof kafkaClient>;
let producer: ReturnType<typeof kafka.producer>;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmuration-projections-'));
  [postgres, broker] = await Promise.all([postgresForTests(), startBroker({ port: 0, dataDir })]);
  database = await postgres.newDatabase();
  const brokers = [`127.0.0.1:${broker.address.port}`];
  const storage = await openPostgresStorage({
    ...{ service: 'projections', url: database.url, poolMax: 10, logPartitions: 1, logger },
    ...{ migrate: true, migrations: viewsMigrations },
  });
  const flow = kafkaFlow({
    ...{ clientId: 'projections', topics: TOPICS, logger, KAFKA_BROKERS: brokers },
    ...{ KAFKA_TOPIC_PARTITIONS: PARTITIONS, KAFKA_TOPIC_PREFIX: '', KAFKA_REPLICATION_FACTOR: 1 },
  });
  const failed = (): void => undefined;
  const views = postgresViewStore(poolOf(storage.dataSource));
  service = await startService(projectionsService({ ...storage, views, failed }), {
    ...{ storage, flow, logger, holder: 'test', host: '127.0.0.1', port: 0, bodyLimitBytes: 65_536 },
    onFatal: (error) => {
      throw error;
    },
  });
  kafka = kafkaClient({ brokers, clientId: 'test' });
  producer = kafka.producer();
  await producer.connect();
  stops.push(
    () => producer.disconnect(),
    () => service.stop(),
    () => flow.close(),
    () => storage.close(),
  );
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  await broker.stop();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

type Json = Readonly<Record<string, unknown>>;
const get = async (path: string): Promise<Json> => (await (await fetch(`${service.url}${path}`)).json()) as Json;
const becomes = (path: string, expected: Json): Promise<unknown> =>
  eventually(async () => (expect(await get(path)).toMatchObject(expected), true), WAIT);
const parked = async (): Promise<readonly Json[]> => (await get('/v1/parked?limit=200')).records as readonly Json[];

type Sent = Parameters<typeof producer.send>[0]['messages'][number];
/** The first record that a source has ever sent, unless told otherwise. */
const linkOf = (eventId: string, changes: Partial<Link> = {}): Link => ({
  ...{ source: randomUUID(), logPartition: 0, position: 1, eventId },
  ...changes,
});
const recordOf = (event: IntegrationEvent, link = linkOf(randomUUID())): Sent => {
  const { key, value, headers } = encodeRecord(event, {
    ...{ id: link.eventId, source: event.name.split('.')[0] as 'orders', time: systemNow() }, // because every event is named after its service
    ...{ correlationId: 'o-1', causationId: 'c-1', hop: 1 },
  });
  return { key, value, headers: { ...headers, ...encodeLink(link) }, partition: 0 };
};
const submitted = (orderId: string) => say(orderSubmitted, { ...orderSubmitted.example, orderId });
const reserved = (orderId: string) => say(stockReserved, { ...stockReserved.example, orderId });

const NO_LINK = /^no valid link headers$/;

/** One after the other, the first of them on every topic: what each is, and why it is parked. */
const UNREADABLE: readonly (readonly [what: string, reason: RegExp, record: () => Sent])[] = [
  ['random bytes', NO_LINK, () => ({ key: randomBytes(9), value: randomBytes(300) })],
  ['nothing at all', NO_LINK, () => ({ key: null, value: null })],
  [
    'random headers',
    NO_LINK,
    () => ({
      key: 'o-1',
      value: '{}',
      headers: { ce_type: randomBytes(20), ce_id: randomBytes(9), mm_source: '\u0000' },
    }),
  ],
  [
    'an event that nobody has declared',
    /^no contract for events of type orders.order-teleported.v1$/,
    () => ({
      ...recordOf(submitted('o-teleported')),
      headers: { ...recordOf(submitted('o-1')).headers, ce_type: 'orders.order-teleported.v1' },
    }),
  ],
  [
    'a newer version of an event',
    /^no contract for events of type orders.order-submitted.v2; known here: orders.order-submitted.v1$/,
    () => ({
      ...recordOf(submitted('o-newer')),
      headers: { ...recordOf(submitted('o-1')).headers, ce_type: 'orders.order-submitted.v2' },
    }),
  ],
  ['no JSON', /^the value is not JSON$/, () => ({ ...recordOf(submitted('o-broken')), value: randomBytes(40) })],
  [
    'a quantity of zero',
    /lines.0.quantity/,
    () => ({
      ...recordOf(submitted('o-zero')),
      value: JSON.stringify({ ...orderSubmitted.example, lines: [{ sku: 'TEA', quantity: 0, unitPriceMinor: 1 }] }),
    }),
  ],
  [
    'a cycle of events',
    /^more than 64 hops/,
    () => ({ ...recordOf(submitted('o-cycle')), headers: { ...recordOf(submitted('o-1')).headers, hop: '65' } }),
  ],
  [
    'a link that no database can keep',
    NO_LINK,
    () => recordOf(submitted('o-nul'), linkOf(randomUUID(), { source: 'a\u0000b' })),
  ],
  ['a link that no index can keep', NO_LINK, () => recordOf(submitted('o-long'), linkOf('x'.repeat(50_000)))],
  ['a key that no index can keep', NO_LINK, () => ({ key: randomBytes(50_000), value: 'x' })],
];

describe('the projections service on PostgreSQL and the broker', () => {
  it.each(UNREADABLE)('parks %s on every topic, with the reason, and goes on', async (_what, reason, record) => {
    const before = (await parked()).length;
    for (const topic of TOPICS)
      await producer.send({ topic, messages: [0, 1].map((partition) => ({ ...record(), partition })) });
    await becomes('/v1/parked', { total: before + TOPICS.length * PARTITIONS });
    const added = (await parked()).slice(before);
    expect(new Set(added.map(({ topic }) => topic))).toEqual(new Set(TOPICS));
    for (const each of added)
      expect([each.kind, String(each.reason)]).toEqual([
        expect.stringMatching(/^(undecodable|unknown-type|unknown-version)$/),
        expect.stringMatching(reason),
      ]);
    const orderId = `o-after-${before}`;
    await producer.send({ topic: 'orders.events.v1', messages: [recordOf(submitted(orderId))] });
    await becomes(`/v1/orders/${orderId}`, { status: 'submitted' });
  });

  it('shows the same record once, however often it comes', async () => {
    const record = recordOf(submitted('o-twice'));
    await producer.send({ topic: 'orders.events.v1', messages: [record, record] });
    await producer.send({ topic: 'orders.events.v1', messages: [record, recordOf(submitted('o-next'))] });
    await becomes('/v1/orders/o-next', { status: 'submitted' });
    const { entries } = (await get('/v1/sagas/o-twice')) as { readonly entries: readonly Json[] };
    expect(entries).toHaveLength(1);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(
      /murmuration_consumer_records_total\{.*topic="orders.events.v1",outcome="duplicate".*\} 2\n/,
    );
  });

  it('waits for a record that is missing, and shows both in their order', async () => {
    const [first, second] = [linkOf(randomUUID()), linkOf(randomUUID(), { position: 2 })];
    const source = first.source;
    const later = { ...second, source, previous: { position: 1, eventId: first.eventId } };
    await producer.send({ topic: 'inventory.events.v1', messages: [recordOf(reserved('o-gap'), later)] });
    await producer.send({ topic: 'orders.events.v1', messages: [recordOf(submitted('o-others'))] });
    await becomes('/v1/orders/o-others', { status: 'submitted' });
    expect((await fetch(`${service.url}/v1/orders/o-gap`)).status).toBe(404);
    await producer.send({ topic: 'inventory.events.v1', messages: [recordOf(reserved('o-before'), first)] });
    await becomes('/v1/orders/o-gap', { status: 'reserved' });
    await becomes('/v1/orders/o-before', { status: 'reserved' });
  });

  it('is well after all of this: ready, counted, and its views what the archive makes of them', async () => {
    await becomes('/health/ready', { status: 'up' });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(
      new RegExp(`murmuration_parked_records\\{.*\\} ${UNREADABLE.length * TOPICS.length * PARTITIONS}\n`),
    );
    await becomes('/v1/views/check', { differing: [], findings: [] });
  });
});
