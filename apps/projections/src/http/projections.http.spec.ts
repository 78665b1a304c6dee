import { type ApiDocument, documentGaps, serviceOnMemory } from '@murmuration/platform';
import { eventually } from '@murmuration/testing';
import { archive, at, delivered, heard, level, projectionsInMemory, suspendedCustomer } from '../projections.fixture';
import { projectionsService } from '../projections.module';
import { startViewUpdater, type ViewUpdater } from '../views/view-updater';

const world = projectionsInMemory();
const options = {
  ...world,
  failed: (error: unknown): never => {
    throw error;
  },
};
const start = () => serviceOnMemory(projectionsService(options));

let projections: Awaited<ReturnType<typeof start>>;
let updater: ViewUpdater;
beforeAll(async () => {
  projections = await start();
  updater = startViewUpdater(options);
  for (let n = 1; n <= 5; n++) await archive(world.store, delivered(`o-${n}`, n * 100));
  await archive(world.store, [
    heard('orders.order-submitted.v1', { orderId: 'o-6', customerId: 'c-2', submittedAt: at(600) }, 600),
    heard('inventory.stock-refused.v1', { orderId: 'o-6' }, 601),
    heard('orders.order-rejected.v1', { orderId: 'o-6', reason: 'unknown-sku' }, 602),
    heard('orders.order-submitted.v1', { orderId: 'o-7', customerId: 'c-2', submittedAt: at(700) }, 700),
    heard('inventory.stock-reserved.v1', { orderId: 'o-7' }, 701),
    ...[level('TEA', 5), level('CUPS', 2), level('KETTLE', 9), ...suspendedCustomer('c-2')],
  ]);
  await eventually(async () => (await updater.lag()) === 0);
});
afterAll(async () => {
  await updater.stop();
  await projections.close();
});

const get = (path: string, headers?: Record<string, string>) => projections.send('GET', path, undefined, headers);
type Listed = { readonly orders: readonly { readonly orderId: string }[]; readonly nextCursor?: string };
const listed = async (query = '') => (await get(`/orders?${query}`)).body as Listed;
const ids = async (query = '') => (await listed(query)).orders.map(({ orderId }) => orderId);

describe('the view of orders', () => {
  it('shows one order as all services told of it', async () => {
    const { status, body } = await get('/orders/o-1');
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        ...{ orderId: 'o-1', customerId: 'c-1001', status: 'delivered', currency: 'EUR', totalMinor: 7870 },
        ...{ submittedAt: at(100), completedAt: at(107), finalAt: at(109), updatedAt: at(109) },
      }),
    ]);
    expect(JSON.stringify(body)).not.toMatch(/tok_|Lindengasse|"facts"/);
  });

  it('says whom an order waits for', async () => {
    expect((await get('/orders/o-7')).body).toMatchObject({ status: 'reserved', waitingFor: 'payments' });
  });

  it('lists them, the newest first, by everything that one may ask for', async () => {
    expect(await ids()).toEqual(['o-7', 'o-6', 'o-5', 'o-4', 'o-3', 'o-2', 'o-1']);
    expect(await ids('customerId=c-2')).toEqual(['o-7', 'o-6']);
    expect(await ids('status=delivered&limit=2')).toEqual(['o-5', 'o-4']);
    expect(await ids('text=UNKNOWN')).toEqual(['o-6']);
    expect(await ids('ids=o-3,o-99,o-1')).toEqual(['o-3', 'o-1']);
    expect(await ids('customerId=c-2&status=reserved&text=o-7&ids=o-7')).toEqual(['o-7']);
    expect(await listed('customerId=nobody')).toEqual({ orders: [] });
  });

  it('comes to an end page by page', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const { orders, nextCursor } = await listed(`limit=2${cursor}`);
      seen.push(...orders.map(({ orderId }) => orderId));
      if (nextCursor === undefined) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(await ids());
  });

  it('counts them by status', async () => {
    expect((await get('/reports/orders')).body).toEqual({ counts: { delivered: 5, rejected: 1, reserved: 1 } });
  });
});

describe('the saga of an order', () => {
  it('is told as a story that ends with what it waits for', async () => {
    const { body } = await get('/sagas/o-7');
    expect(body).toMatchObject({
      ...{ orderId: 'o-7', status: 'reserved' },
      entries: [{ event: 'order-submitted' }, { event: 'stock-reserved', service: 'inventory', time: at(701) }],
      waitingFor: { service: 'payments', step: 'authorize-payment', since: at(701) },
    });
  });

  it('of thousands of events is told within a second', async () => {
    const refunds = Array.from({ length: 5_000 }, (_, index) =>
      heard('payments.payment-refunded.v1', { orderId: 'o-long', cause: 'return', refundId: `r-${index}` }, index),
    );
    await archive(world.store, [heard('orders.order-submitted.v1', { orderId: 'o-long' }), ...refunds]);
    const startedAtMs = performance.now();
    expect((await get('/sagas/o-long')).body.entries).toHaveLength(5_001);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    await eventually(async () => (await updater.lag()) === 0);
  });

  it('is stuck when it waits too long, and is listed page by page, the longest wait first', async () => {
    const waiting = [1, 2, 2].map((seconds, n) =>
      heard('orders.order-submitted.v1', { orderId: `o-stuck-${n}`, submittedAt: at(seconds) }, seconds),
    );
    await archive(world.store, waiting);
    await eventually(async () => (await updater.lag()) === 0);
    const stuck = async (query = '') => (await get(`/sagas/stuck?${query}`)).body as Listed;
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const { orders, nextCursor } = await stuck(`limit=1${cursor}`);
      seen.push(...orders.map(({ orderId }) => orderId));
      if (nextCursor === undefined) break;
      cursor = `&cursor=${nextCursor}`;
    }
    const whole = await stuck();
    expect(whole).not.toHaveProperty('nextCursor');
    expect(seen).toEqual(whole.orders.map(({ orderId }) => orderId));
    expect(seen.filter((id) => id !== 'o-long')).toEqual(['o-stuck-0', 'o-stuck-1', 'o-stuck-2', 'o-7']);
  });
});

describe('the view of stock', () => {
  it('shows the counts that inventory said last', async () => {
    expect((await get('/inventory/TEA')).body).toMatchObject({ sku: 'TEA', available: 5 });
  });

  it('goes through all SKUs page by page', async () => {
    const first = (await get('/inventory?limit=2')).body;
    expect(first).toMatchObject({ stock: [{ sku: 'CUPS' }, { sku: 'KETTLE' }], next: 'KETTLE' });
    expect((await get('/inventory?limit=2&after=KETTLE')).body).toEqual({
      stock: [expect.objectContaining({ sku: 'TEA' })],
    });
  });
});

describe('the view of customers', () => {
  it('shows what the flock was told of one', async () => {
    expect((await get('/customers/c-2')).body).toEqual({
      ...{ customerId: 'c-2', status: 'suspended', tier: 'silver', emailVerified: true, phoneVerified: false },
      ...{ registeredAt: at(0), suspendedFor: 'chargeback', suspendedAt: at(3), updatedAt: at(3) },
    });
  });
});

describe('the archive', () => {
  it('is read in the order of hearing, page by page', async () => {
    const { events, next } = (await get('/audit?after=1&limit=2')).body;
    expect([events, next]).toMatchObject([
      [
        { position: 2, name: 'inventory.stock-reserved.v1', subject: 'o-1', time: at(101) },
        { position: 3, name: 'payments.payment-authorized.v1' },
      ],
      3,
    ]);
    expect((await get('/audit?after=99999999')).body).toEqual({ events: [], next: 99_999_999 });
  });

  it('is what the views show', async () => {
    expect((await get('/views/check')).body).toEqual({ compared: 15, differing: [], findings: [] });
  });
});

describe('bad input', () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url');

  it.each([
    ['/orders?limit=0', 'limit'],
    ['/orders?limit=201', 'limit'],
    ['/orders?limit=1.5', 'limit'],
    ['/orders?limit=1&limit=2', 'limit'],
    ['/orders?status=lost', 'status'],
    ['/orders?customerId=a%20b', 'customerId'],
    ['/orders?needsAttention=', 'needsAttention'],
    ['/orders?needsAttention=yes', 'needsAttention'],
    ['/orders?needsAttention=true&needsAttention=true', 'needsAttention'],
    ['/orders?text=', 'text'],
    ['/orders?text=%00', 'text'],
    [`/orders?text=${'x'.repeat(101)}`, 'text'],
    ['/orders?ids=a,,b', 'ids[1]'],
    [`/orders?ids=${Array.from({ length: 201 }, () => 'a').join(',')}`, 'ids'],
    ['/orders?cursor=', 'cursor'],
    ['/orders?cursor=nonsense', 'cursor'],
    [`/orders?cursor=${cursor('yesterday o-1')}`, 'cursor'],
    [`/orders?cursor=${cursor(`${at(1)} \u0000`)}`, 'cursor'],
    [`/orders?cursor=${cursor(`${at(1)}`)}`, 'cursor'],
    ['/orders?vesion=1', 'vesion'],
    ['/orders/a%20b', 'orderId'],
    ['/sagas/%00', 'orderId'],
    ['/sagas/stuck?waitingMs=-1', 'waitingMs'],
    ['/sagas/stuck?waitingMs=1e3', 'waitingMs'],
    ['/sagas/stuck?since=1', 'since'],
    ['/sagas/stuck?limit=0', 'limit'],
    ['/sagas/stuck?limit=201', 'limit'],
    ['/sagas/stuck?cursor=', 'cursor'],
    ['/sagas/stuck?cursor=nonsense', 'cursor'],
    [`/sagas/stuck?cursor=${cursor(' o-1')}`, 'cursor'],
    [`/sagas/stuck?cursor=${cursor(`${at(1)} \u0000`)}`, 'cursor'],
    [`/sagas/stuck?cursor=${cursor(`${at(1)}`)}`, 'cursor'],
    [`/sagas/stuck?cursor=${'x'.repeat(201)}`, 'cursor'],
    ['/inventory?after=%00', 'after'],
    ['/inventory?limit=all', 'limit'],
    ['/inventory/a%2Fb', 'sku'],
    ['/customers/a%20b', 'customerId'],
    ['/audit?after=-1', 'after'],
    ['/audit?after=9007199254740993', 'after'],
    ['/audit?logPartition=64', 'logPartition'],
    ['/parked?after=%00', 'after'],
    ['/audit?after=9007199254740992', 'after'],
    ['/parked/%00', 'id'],
    ['/parked?topic=%00', 'topic'],
  ])('%s names its field', async (path, field) => {
    const { status, fields } = await get(path);
    expect([status, fields]).toEqual([400, [field]]);
  });

  it.each([
    '/orders/o-nobody',
    '/sagas/o-nobody',
    '/inventory/NEVER-SEEN',
    '/customers/c-nobody',
    '/parked/nobody',
    '/nothing',
  ])('%s is not there', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('finds no route that changes anything', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
      expect((await projections.send(method, '/orders/o-1', {})).status).toBe(405);
  });
});

describe('what is left of an order that has ended', () => {
  it('is listed until somebody has settled it, with all else that needs a person', async () => {
    const needing = () => ids('needsAttention=true');
    const [call, orderId] = [{ call: 'void', attention: 1, reason: 'refused' } as const, 'o-9'];
    await archive(world.store, [
      heard('orders.order-submitted.v1', { orderId, submittedAt: at(900) }, 900),
      heard('payments.payment-needs-attention.v1', { orderId, ...call }, 901),
      heard('orders.order-cancelled.v1', { orderId }, 902),
      heard('shipping.shipment-needs-attention.v1', { orderId: 'o-10', call: 'book', attention: 1 }, 903),
    ]);
    await eventually(async () => (await updater.lag()) === 0);
    expect((await get('/orders/o-9')).body).toMatchObject({ status: 'cancelled', attention: [{ reason: 'refused' }] });
    expect(await needing()).toEqual(['o-9', 'o-10']);
    expect(await ids('needsAttention=true&status=cancelled')).toEqual(['o-9']);
    const { nextCursor } = await listed('needsAttention=true&limit=1');
    expect(await listed(`needsAttention=true&limit=1&cursor=${nextCursor}`)).toMatchObject({
      orders: [{ orderId: 'o-10' }],
      nextCursor: expect.any(String) as unknown,
    });
    await archive(world.store, [
      heard('payments.payment-attention-handled.v1', { orderId, action: 'resolved', attentions: [1] }, 904),
      heard('shipping.shipment-booked.v1', { orderId: 'o-10' }, 905),
    ]);
    await eventually(async () => (await updater.lag()) === 0);
    expect(await needing()).toEqual([]);
    expect(await ids('needsAttention=false&ids=o-9')).toEqual(['o-9']);
  });

  it('shows what was given back and what needs a person, and not what that was made of', async () => {
    const refund = { orderId: 'o-8', cause: 'return', currency: 'EUR' } as const;
    const stuck = { orderId: 'o-8', call: 'refund', refundId: 'r-3', attention: 1, reason: 'refused' } as const;
    await archive(world.store, [
      ...delivered('o-8', 800),
      heard('payments.payment-refunded.v1', { ...refund, refundId: 'r-1', amountMinor: 870 }, 820),
      heard('payments.payment-refunded.v1', { ...refund, refundId: 'r-2', amountMinor: 1000 }, 821),
      heard('payments.payment-needs-attention.v1', stuck, 822),
    ]);
    await eventually(async () => (await updater.lag()) === 0);
    const attention = [{ service: 'payments', reason: 'refused', since: at(822) }];
    const shown = { status: 'delivered', refundedMinor: 1870, attention };
    expect((await get('/orders/o-8')).body).toMatchObject(shown);
    expect(JSON.stringify((await get('/orders/o-8')).body)).not.toMatch(/"calls"|"refunds"|"facts"/);
    expect((await get('/sagas/o-8')).body).toMatchObject(shown);
  });
});

it('the OpenAPI document says of every route what it answers', async () => {
  const document = await projections.app.inject({ method: 'GET', url: '/docs-json' });
  expect(documentGaps(document.json<ApiDocument>())).toEqual([]);
});
