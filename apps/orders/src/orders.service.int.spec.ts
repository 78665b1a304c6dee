import { EVENTS } from '@murmuration/contracts';
import { postgresForTests, type TestDatabase, type TestPostgres } from '@murmuration/embedded-postgres';
import { memoryBroker } from '@murmuration/messaging';
import {
  createLogger,
  memoryFlow,
  migratePostgres,
  openPostgresStorage,
  startService,
  systemNow,
  type StartedService,
} from '@murmuration/platform';
import { eventually } from '@murmuration/testing';
import { ordersService } from './orders.module';

const TOPICS = [...new Set(EVENTS.map(({ topic }) => topic))];
const ORDER = {
  customerId: 'c-1001',
  currency: 'EUR',
  paymentToken: 'tok_ok',
  shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' },
  lines: [{ sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 }],
  submit: true,
};

let postgres: TestPostgres;
let database: TestDatabase;
beforeAll(async () => {
  postgres = await postgresForTests();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  database = await postgres.newDatabase();
});

const logger = createLogger('orders', 'silent');
const options = () => ({ service: 'orders', url: database.url, poolMax: 10, logPartitions: 1, logger });
const broker = memoryBroker({ now: systemNow });

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0).reverse()) await stop();
  await database.drop();
});

const start = async (holder: string, migrate = true): Promise<StartedService> => {
  const storage = await openPostgresStorage({ ...options(), migrate });
  started.push(() => storage.close());
  const service = await startService(ordersService({ ORDER_DEADLINE_MS: 900_000 }), {
    ...{ storage, flow: memoryFlow(broker, TOPICS), logger, holder },
    ...{ host: '127.0.0.1', port: 0, bodyLimitBytes: 65_536 },
    onFatal: (error) => {
      throw error;
    },
  });
  started.push(() => service.stop());
  return service;
};

type Reply = { readonly status: number; readonly body: Record<string, unknown> };
const post = async (
  { url }: StartedService,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  const reply = await fetch(`${url}${path}`, init);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
};

describe('the orders service on PostgreSQL', () => {
  it('answers a repeated request alike from every replica', async () => {
    const [one, two] = [await start('one'), await start('two')];
    const key = { 'idempotency-key': 'order-1' };
    const first = await post(one, '/v1/orders', ORDER, key);
    expect(first).toMatchObject({ status: 201, body: { status: 'submitted', version: 1 } });
    await post(one, `/v1/orders/${String(first.body.orderId)}/cancel`, {});
    expect(await post(two, '/v1/orders', ORDER, key)).toEqual(first);
    expect(await post(two, '/v1/orders', { ...ORDER, currency: 'USD' }, key)).toMatchObject({ status: 422 });
  });

  it('makes one order of a request that comes to two replicas at once', async () => {
    const [one, two] = [await start('one'), await start('two')];
    const key = { 'idempotency-key': 'order-1' };
    const replies = await Promise.all([one, two, one, two].map((service) => post(service, '/v1/orders', ORDER, key)));
    const answered = replies.filter(({ status }) => status === 201);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(new Set(answered.map(({ body }) => body.orderId)).size).toBe(1);
    expect(new Set(answered.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('keeps what two replicas do to one order', async () => {
    const [one, two] = [await start('one'), await start('two')];
    const { body } = await post(one, '/v1/orders', { ...ORDER, submit: false });
    const lines = `/v1/orders/${String(body.orderId)}/lines`;
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        post(index % 2 ? one : two, lines, { sku: `S-${index}`, quantity: 1, unitPriceMinor: 1 }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    const shown = (await (await fetch(`${two.url}/v1/orders/${String(body.orderId)}`)).json()) as Reply['body'];
    expect(shown).toMatchObject({ version: 13 });
    expect(shown.lines).toHaveLength(13);
  });

  it('tells the others once, whichever replica relays', async () => {
    const [one] = [await start('one'), await start('two')];
    const before = broker.endOffset('orders.events.v1', 0);
    await post(one, '/v1/orders', ORDER);
    await eventually(() => broker.endOffset('orders.events.v1', 0) === before + 1);
  });

  it('is ready once its database is up to date, and says which part is not', async () => {
    const service = await start('one');
    await eventually(async () => (await fetch(`${service.url}/health/ready`)).ok);
    const ready = (await (await fetch(`${service.url}/health/ready`)).json()) as { readonly components: unknown };
    expect(ready.components).toMatchObject({ database: { status: 'up' }, migrations: { status: 'up' } });
  });

  it('does not start on a database with pending migrations unless it may migrate', async () => {
    await expect(start('one', false)).rejects.toThrow('the database has pending migrations');
    await migratePostgres(options());
    await expect(start('one', false)).resolves.toBeDefined();
  });

  it('does not start on a log with another number of partitions', async () => {
    await start('one');
    await expect(openPostgresStorage({ ...options(), migrate: true, logPartitions: 2 })).rejects.toMatchObject({
      code: 'log-partitions-differ',
    });
  });

  it('does not start on a database that is not there', async () => {
    const url = database.url.replace(/\/[^/]*$/, '/nowhere');
    await expect(openPostgresStorage({ ...options(), url, migrate: true })).rejects.toThrow('"nowhere" does not exist');
  });
});
