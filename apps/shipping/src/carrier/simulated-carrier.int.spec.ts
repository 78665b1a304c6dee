import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CarrierEffect, type CarrierLedger, type CarrierReceipt, effectKey } from '@murmuration/domain-shipping';
import { type LedgerBook, type WorkUnderLease } from '@murmuration/effects';
import { type TestDatabase, type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import { memoryCoordination } from '@murmuration/event-store';
import { type EffectPort, instantOfEpochMs } from '@murmuration/kernel';
import { eventually } from '@murmuration/testing';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import {
  type CarrierNotice,
  CreateSimulatedCarrier1790000020000,
  carrierWebhook,
  simulatedCarrierBook,
  simulatedCarrierPort,
  startCarrierVisits,
} from '.';

const PACE = { handOverMs: 5, deliverMs: 5 };
const now = () => instantOfEpochMs(Date.now());
const book = (orderId: string, country = 'DE'): [string, CarrierEffect] => [
  effectKey.book(orderId),
  {
    ...{ type: 'book', orderId },
    shipTo: { name: 'Ada', street: 'Elm 1', city: 'Bonn', postalCode: '53111', country },
  },
];

/** A shop that answers each notice as the test says. */
const openShop = async () => {
  const requests: (readonly CarrierNotice[])[] = [];
  const shop = {
    requests,
    broken: false,
    statusOf: (_: CarrierNotice): number => 200,
    notices: (orderId: string) => requests.flat().filter((notice) => notice.orderId === orderId),
    events: (orderId: string) => shop.notices(orderId).map(({ event }) => event),
  };
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const notices = JSON.parse(Buffer.concat(parts).toString()) as readonly CarrierNotice[];
      requests.push(notices);
      const results = notices.map((notice) => ({ eventId: notice.eventId, status: shop.statusOf(notice) }));
      response.writeHead(shop.broken ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ results }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { ...{ url, close }, shop };
};

describe('the simulated carrier behind its port', () => {
  let server: TestPostgres;
  let database: TestDatabase;
  let pool: Pool;
  let ledgers: LedgerBook<CarrierLedger>;
  let carrier: EffectPort<CarrierEffect, CarrierReceipt>;
  let opened: Awaited<ReturnType<typeof openShop>>;
  let visits: WorkUnderLease[];
  let orders = 0;
  const newOrder = (): string => `order-${++orders}`;
  const coordination = memoryCoordination({ now });
  const come = (): void => {
    const webhook = carrierWebhook(opened.url, () => undefined);
    visits.push(startCarrierVisits({ book: ledgers, pace: PACE, webhook, coordination, failed: () => undefined }));
  };
  const statusOf = async (order: string) => (await ledgers.read(order)).bookings.map(({ status }) => status);

  beforeAll(async () => {
    server = await postgresForTests();
    database = await server.newDatabase();
    const dataSource = new DataSource({
      ...{ type: 'postgres', url: database.url, migrations: [CreateSimulatedCarrier1790000020000] },
      installExtensions: false,
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    pool = new Pool({ connectionString: database.url });
    ledgers = simulatedCarrierBook(pool);
    carrier = simulatedCarrierPort(ledgers, PACE);
  }, 60_000);
  beforeEach(async () => {
    opened = await openShop();
    visits = [];
  });
  afterEach(async () => {
    await Promise.all(visits.map((visit) => visit.stop()));
    await opened.close();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    await server.stop();
  });

  it('books once for a key, also when the first call is not answered', async () => {
    const order = newOrder();
    expect(await carrier.perform(...book(order, 'YY'))).toMatchObject({ outcome: 'unknown' });
    const reopened = simulatedCarrierPort(simulatedCarrierBook(pool), PACE);
    const known = { outcome: 'done', result: { carrierReference: `CR-${order}` } };
    expect(await reopened.query(...book(order, 'YY'))).toEqual(known);
    expect(await reopened.perform(...book(order, 'YY'))).toEqual(known);
    expect(await statusOf(order)).toHaveLength(1);
  });

  it('refuses to serve ZZ', async () => {
    expect(await carrier.perform(...book(newOrder(), 'ZZ'))).toMatchObject({ outcome: 'refused' });
  });

  it('comes for each parcel, then delivers it, and says so with the booking it is about', async () => {
    const order = newOrder();
    await carrier.perform(...book(order));
    come();
    await eventually(async () => (await statusOf(order))[0] === 'delivered');
    expect(opened.shop.notices(order)).toMatchObject([
      { event: 'handed-over', carrierReference: `CR-${order}` },
      { event: 'delivered', carrierReference: `CR-${order}` },
    ]);
  });

  it('says what is due at one time in few requests', async () => {
    const batch = Array.from({ length: 450 }, newOrder);
    await Promise.all(batch.map((order) => carrier.perform(...book(order))));
    come();
    await eventually(async () => (await statusOf(batch.at(-1)!))[0] === 'delivered');
    expect(Math.max(...opened.shop.requests.map((notices) => notices.length))).toBeLessThanOrEqual(200);
    expect(opened.shop.requests.length).toBeLessThanOrEqual(12);
  });

  it('keeps a parcel whose hand-over the shop refuses', async () => {
    const order = newOrder();
    opened.shop.statusOf = () => 409;
    await carrier.perform(...book(order));
    come();
    await eventually(async () => (await statusOf(order))[0] === 'kept');
    expect(opened.shop.events(order)).toEqual(['handed-over']);
  });

  it('says the same again until it is heard, and meanwhile serves the others', async () => {
    const [unheard, other] = [newOrder(), newOrder()];
    let deaf = 2;
    opened.shop.statusOf = ({ orderId }) => (orderId === unheard && deaf-- > 0 ? 500 : 200);
    await Promise.all([unheard, other].map((order) => carrier.perform(...book(order))));
    come();
    await eventually(async () => (await statusOf(unheard))[0] === 'delivered');
    const [first, ...again] = opened.shop.notices(unheard).filter(({ event }) => event === 'handed-over');
    expect(again).toEqual([first, first]);
    expect(opened.shop.events(other)).toEqual(['handed-over', 'delivered']);
  });

  it('waits for a shop that is down', async () => {
    const order = newOrder();
    opened.shop.broken = true;
    await carrier.perform(...book(order));
    come();
    await eventually(() => opened.shop.requests.length > 1);
    opened.shop.broken = false;
    await eventually(async () => (await statusOf(order))[0] === 'delivered');
  });

  it('comes in one process at a time', async () => {
    const order = newOrder();
    come();
    come();
    await carrier.perform(...book(order));
    await eventually(async () => (await statusOf(order))[0] === 'delivered');
    expect(opened.shop.events(order)).toEqual(['handed-over', 'delivered']);
  });
});
