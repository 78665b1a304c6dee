import { postgresForTests, type TestDatabase, type TestPostgres } from '@murmuration/embedded-postgres';
import { startBroker, type Broker } from '@murmuration/kafka-broker';
import { eventually } from '@murmuration/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordersProcesses, type OrdersProcess, type OrdersProcesses } from './orders-process.fixture';

jest.setTimeout(60_000);

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
let processes: OrdersProcesses;
let dataDir: string;
let brokers: Broker[];
beforeAll(async () => {
  [postgres, processes] = await Promise.all([postgresForTests(), ordersProcesses()]);
});
afterAll(async () => {
  processes.remove();
  await postgres.stop();
});
beforeEach(async () => {
  database = await postgres.newDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'murmuration-orders-'));
  brokers = [];
});
afterEach(async () => {
  await processes.killAll();
  await Promise.all(brokers.map((broker) => broker.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

const startKafka = async (port = 0): Promise<string> => {
  const broker = await startBroker({ port, dataDir });
  brokers.push(broker);
  return `127.0.0.1:${broker.address.port}`;
};
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
const run = (env: Record<string, string>, ...args: string[]): OrdersProcess =>
  processes.run({ DATABASE_URL: database.url, PORT: '0', ...env }, ...args);
const urlOf = (service: OrdersProcess): Promise<string> =>
  eventually(() => service.log().find(({ msg }) => msg === 'ready')?.['url'] as string, { timeoutMs: 30_000 });
const becomes = (url: string, status: string): Promise<boolean> =>
  eventually(
    async () => {
      const ready = (await (await fetch(`${url}/health/ready`)).json()) as { readonly status: string };
      return ready.status === status;
    },
    { timeoutMs: 30_000 },
  );
const place = async (url: string): Promise<number> => {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/v1/orders`, { method: 'POST', body: JSON.stringify(ORDER), headers })).status;
};
const published = async (url: string, records = 1): Promise<boolean> =>
  new RegExp(`murmuration_relay_published_total\\{.*\\} ${records}\n`).test(
    await (await fetch(`${url}/metrics`)).text(),
  );

describe('the orders process', () => {
  it('becomes ready, tells what it was told, and on SIGTERM ends with 0', async () => {
    const service = run({ KAFKA_BROKERS: await startKafka() });
    const url = await urlOf(service);
    await becomes(url, 'up');
    expect(await place(url)).toBe(201);
    await eventually(() => published(url));
    service.signal('SIGTERM');
    const { code, stderr } = await service.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(service.log().map(({ msg }) => msg)).toEqual(['ready', 'stopping', 'stopped']);
  });

  it('accepts orders while the broker is away, also when it is started then, and tells of them once it is there', async () => {
    const env = { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` };
    const [, port] = env.KAFKA_BROKERS.split(':');
    const former = run(env);
    expect(await place(await urlOf(former))).toBe(201);
    former.signal('SIGKILL');
    await former.ended;
    const service = run(env);
    const url = await urlOf(service);
    await becomes(url, 'degraded');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await place(url)).toBe(201);
    const told = () => service.log().filter(({ msg }) => /broker/.test(String(msg)));
    await eventually(() => told().length > 0, { timeoutMs: 10_000 });
    expect(told()).toMatchObject([{ level: 'warn', brokers: [env.KAFKA_BROKERS], msg: 'waiting for the broker' }]);
    await startKafka(Number(port));
    await becomes(url, 'up');
    await eventually(() => published(url, 2));
    expect(told()).toContainEqual(expect.objectContaining({ level: 'info', msg: 'the broker is there' }));
  });

  it('says in one line which setting is wrong, and ends with 1', async () => {
    const { code, stderr } = await run({ PORT: 'abc' }).ended;
    expect([code, stderr]).toEqual([1, 'config: PORT must be a whole number from 0 to 65535, got "abc"\n']);
  });

  it('says in one line that its port is taken, and ends with 1', async () => {
    const brokers = await startKafka();
    const url = await urlOf(run({ KAFKA_BROKERS: brokers }));
    const { code, stderr } = await run({ KAFKA_BROKERS: brokers, PORT: new URL(url).port }).ended;
    expect([code, stderr]).toEqual([1, `orders: listen EADDRINUSE: address already in use ${new URL(url).host}\n`]);
  });

  it('says in one line that a topic has another number of partitions, and ends with 1', async () => {
    const brokers = await startKafka();
    await becomes(await urlOf(run({ KAFKA_BROKERS: brokers })), 'up');
    const { code, stderr } = await run({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PARTITIONS: '3' }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^orders: .* has 6 partitions, its contract says 3\n$/);
  });

  it('brings the database up to date and ends, and starts on it without migrating', async () => {
    const env = { KAFKA_BROKERS: await startKafka(), MIGRATE: 'false' };
    expect(await run(env).ended).toMatchObject({ code: 1, stderr: 'orders: the database has pending migrations\n' });
    expect(await run(env, '--migrate-only').ended).toMatchObject({ code: 0, stderr: '' });
    await becomes(await urlOf(run(env)), 'up');
  });

  it('ends at once when it is asked to while it still waits for its database', async () => {
    const url = new URL(database.url);
    url.port = String(await freePort());
    const service = run({ DATABASE_URL: url.toString() });
    await eventually(() => service.log().some(({ msg }) => msg === 'waiting for the database'));
    service.signal('SIGINT');
    expect(await service.ended).toMatchObject({ code: 0 });
  });
});
