import {
  EVENTS,
  decodeRecord,
  encodeRecord,
  orderSubmitted,
  say,
  stockRefused,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { encodeLink, memoryBroker, type MemoryBroker } from '@murmuration/messaging';
import {
  createLogger,
  memoryFlow,
  memoryStorage,
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

type Json = Record<string, unknown>;

let broker: MemoryBroker;
let service: StartedService;
let log: Json[];
const start = (storage = memoryStorage()): Promise<StartedService> =>
  startService(ordersService({ ORDER_DEADLINE_MS: 900_000 }), {
    ...{ storage, flow: memoryFlow(broker, TOPICS), holder: 'test' },
    ...{ host: '127.0.0.1', port: 0, bodyLimitBytes: 65_536 },
    logger: createLogger('orders', 'debug', { write: (line) => void log.push(JSON.parse(line) as Json) }),
    onFatal: (error) => {
      throw error;
    },
  });

beforeEach(async () => {
  broker = memoryBroker({ now: systemNow });
  log = [];
  service = await start();
});
afterEach(() => service.stop());

const request = async (path: string, init: RequestInit = {}): Promise<Json> =>
  (await (await fetch(`${service.url}${path}`, init)).json()) as Json;
const place = async (): Promise<string> => {
  const headers = { 'content-type': 'application/json' };
  const order = await request('/v1/orders', { method: 'POST', body: JSON.stringify(ORDER), headers });
  return String(order.orderId);
};
/** Becomes true, whatever it takes. */
const holds = (check: () => unknown): Promise<boolean> => eventually(async () => (await check(), true));
const said = () => broker.read('orders.events.v1', 0, 0, 10);

let position = 0;
const hear = (event: IntegrationEvent, changes: { readonly value?: Buffer } = {}): void => {
  const eventId = `00000000-0000-5000-8000-${String(++position).padStart(12, '0')}`;
  const { key, value, headers } = encodeRecord(event, {
    ...{ id: eventId, source: 'inventory', time: systemNow(), correlationId: 'o-1', causationId: 'c-1', hop: 1 },
  });
  const link = encodeLink({ source: `inventory-${position}`, logPartition: 0, position: 1, eventId });
  const record = {
    topic: 'inventory.events.v1',
    partition: 0,
    key,
    value: Buffer.from(value),
    headers: { ...headers, ...link },
  };
  broker.append([{ ...record, ...changes }]);
};

describe('the orders service', () => {
  it('tells the others of a submitted order, with all that they need', async () => {
    const orderId = await place();
    await holds(() => expect(said()).toHaveLength(1));
    const [record] = said();
    expect(decodeRecord(record?.headers ?? {}, record?.value?.toString() ?? null)).toMatchObject({
      kind: 'heard',
      event: {
        ...{ name: orderSubmitted.name, source: 'orders', subject: orderId, correlationId: orderId, hop: 0 },
        data: { orderId, totalMinor: 6980, paymentToken: 'tok_ok', shipTo: ORDER.shipTo },
      },
    });
  });

  it('hears the others, and says how the order ended', async () => {
    const orderId = await place();
    hear(say(stockRefused, { ...stockRefused.example, orderId }));
    await holds(async () => expect(await request(`/v1/orders/${orderId}`)).toMatchObject({ status: 'rejected' }));
    await holds(() => expect(said().map(({ headers }) => headers.ce_type)).toContain('orders.order-rejected.v1'));
    expect(said().at(-1)?.headers).toMatchObject({ ce_correlationid: 'o-1', hop: '2' });
  });

  it('shows what it could not read', async () => {
    hear(say(stockRefused, stockRefused.example), { value: Buffer.from([0xff, 0x00]) });
    await holds(async () => expect(await request('/v1/parked')).toMatchObject({ total: 1 }));
    const { records } = (await request('/v1/parked')) as { readonly records: readonly Json[] };
    expect(records).toMatchObject([
      { topic: 'inventory.events.v1', kind: 'undecodable', reason: 'the value is not JSON' },
    ]);
    const found = await request(`/v1/parked/${encodeURIComponent(String(records[0]?.id))}`);
    expect(found.value).toEqual({ base64: '/wA=' });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/murmuration_parked_records\{.*\} 1/);
  });

  it('applies again what was parked, once it is mended', async () => {
    const orderId = await place();
    const event = say(stockRefused, { ...stockRefused.example, orderId });
    hear(event, { value: Buffer.from('{}') });
    await holds(async () => expect(await request('/v1/parked')).toMatchObject({ total: 1 }));
    const { records } = (await request('/v1/parked')) as { readonly records: readonly Json[] };
    const at = `/v1/parked/${encodeURIComponent(String(records[0]?.id))}`;
    const { headers } = await request(at);
    const body = JSON.stringify({ value: { text: JSON.stringify(event.data) }, headers });
    await request(`${at}/edit`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(await request(`${at}/redrive`, { method: 'POST' })).toMatchObject({ wish: 'redrive', outcome: 'noted' });
    await holds(async () => expect(await request(`/v1/orders/${orderId}`)).toMatchObject({ status: 'rejected' }));
    expect(await request('/v1/parked')).toMatchObject({ total: 0 });
    expect(await request(`${at}/discard`, { method: 'POST' })).toMatchObject({ status: 404 });
  });

  it('is ready, with a line for each part', async () => {
    await holds(async () => expect(await request('/health/ready')).toMatchObject({ status: 'up' }));
    expect(Object.keys((await request('/health/ready')).components as Json)).toEqual([
      'database',
      'kafka',
      'consumer',
      'relay',
      'backlog',
    ]);
  });

  it('answers the request in hand while it stops, and none after that', async () => {
    await service.stop();
    const storage = memoryStorage();
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    let isAsked = false;
    const append: typeof storage.store.append = async (request) => {
      isAsked = true;
      await gate;
      return storage.store.append(request);
    };
    service = await start({ ...storage, store: { ...storage.store, append } });
    const placing = place();
    await holds(() => expect(isAsked).toBe(true));
    const stopping = service.stop();
    goOn();
    await expect(placing).resolves.toMatch(/^[0-9a-f-]{36}$/);
    await stopping;
    await expect(fetch(`${service.url}/health/live`)).rejects.toThrow();
  });
});
