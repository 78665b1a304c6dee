import { instant } from '@murmuration/kernel';
import { type ApiDocument, documentGaps, serviceOnMemory } from '@murmuration/platform';
import { ordersService } from '../orders.module';

const NOW = instant('2026-03-01T09:30:00.000Z');
const start = () => serviceOnMemory(ordersService({ ORDER_DEADLINE_MS: 900_000 }), { now: () => NOW });

let orders: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  orders = await start();
});
afterAll(() => orders.close());

type Json = Record<string, unknown>;
type Reply = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: Json };
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const send = async (
  method: Method,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const sent =
    body === undefined ? { headers } : { payload, headers: { 'content-type': 'application/json', ...headers } };
  const reply = await orders.app.inject({ method, url: `/v1${url}`, ...sent });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json<Json>() };
};
const fieldsOf = ({ body }: Reply): readonly string[] =>
  ((body.errors ?? []) as readonly { readonly field: string }[]).map(({ field }) => field);

const LINE = { sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 };
const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };
const ORDER = { customerId: 'c-1001', currency: 'EUR', paymentToken: 'tok_ok', shipTo: SHIP_TO, lines: [LINE] };
const ORDER_ID = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';

const create = async (changes: Json = {}): Promise<string> => {
  const { status, body } = await send('POST', '/orders', { ...ORDER, ...changes });
  expect(status).toBe(201);
  return String(body.orderId);
};

describe('an order', () => {
  it('is a draft until it is submitted', async () => {
    const { status, headers, body } = await send('POST', '/orders', ORDER);
    expect([status, headers.etag, headers.location]).toEqual([201, '"1"', `/v1/orders/${String(body.orderId)}`]);
    expect(body).toMatchObject({ status: 'draft', version: 1, customerId: 'c-1001', lines: [LINE], totalMinor: 6980 });
    const submitted = await send('POST', `/orders/${String(body.orderId)}/submit`);
    expect([submitted.status, submitted.body]).toEqual([
      200,
      { ...body, status: 'submitted', version: 2, submittedAt: NOW, deadlineAt: '2026-03-01T09:45:00.000Z' },
    ]);
  });

  it('is created and submitted in one call', async () => {
    const { status, body } = await send('POST', '/orders', { ...ORDER, submit: true });
    expect([status, body.status, body.version]).toEqual([201, 'submitted', 1]);
  });

  it('gives its id to all that follows from it', async () => {
    const id = await create({ submit: true });
    const [submitted] = await orders.storage.store.readStreamBackwards(`order-${id}`, 1);
    expect(submitted?.metadata).toMatchObject({ correlationId: id, hop: 0 });
  });

  it('never shows the payment token or the address', async () => {
    const id = await create();
    await send('POST', `/orders/${id}/submit`);
    for (const path of ['', '/events']) {
      const shown = JSON.stringify((await send('GET', `/orders/${id}${path}`)).body);
      expect(shown).toContain('KETTLE-1L');
      expect(shown).not.toMatch(/tok_|Lindengasse/);
    }
  });

  it('merges lines of one SKU', async () => {
    const id = await create({
      lines: [LINE, { sku: 'TEA', quantity: 1, unitPriceMinor: 890 }, { ...LINE, quantity: 3 }],
    });
    expect((await send('GET', `/orders/${id}`)).body).toMatchObject({
      lines: [{ ...LINE, quantity: 5 }, { sku: 'TEA' }],
      totalMinor: 18_340,
    });
  });

  it('has lines that are added, changed and taken out while it is a draft', async () => {
    const id = await create();
    await send('POST', `/orders/${id}/lines`, { sku: 'TEA', quantity: 1, unitPriceMinor: 890 });
    await send('PATCH', `/orders/${id}/lines/TEA`, { quantity: 4 });
    const { status, body } = await send('DELETE', `/orders/${id}/lines/KETTLE-1L`);
    expect([status, body.lines, body.version]).toEqual([200, [{ sku: 'TEA', quantity: 4, unitPriceMinor: 890 }], 4]);
  });

  it('is shown as it was at a version and at an instant, and with all its events', async () => {
    const id = await create();
    await send('PATCH', `/orders/${id}/lines/KETTLE-1L`, { quantity: 9 });
    expect((await send('GET', `/orders/${id}?version=1`)).body).toMatchObject({ version: 1, lines: [LINE] });
    expect((await send('GET', `/orders/${id}?version=3`)).status).toBe(404);
    expect((await send('GET', `/orders/${id}?asOf=2026-03-01T09:30:00.000Z`)).body).toMatchObject({ version: 2 });
    expect((await send('GET', `/orders/${id}?asOf=2026-03-01T09:29:59.999Z`)).status).toBe(404);
    const { events, next } = (await send('GET', `/orders/${id}/events?limit=1`)).body;
    expect([events, next]).toMatchObject([[{ version: 1, type: 'OrderDrafted', data: { customerId: 'c-1001' } }], 1]);
    expect((await send('GET', `/orders/${id}/events?after=1`)).body.events).toMatchObject([{ version: 2 }]);
    expect((await send('GET', `/orders/${id}/events?after=2`)).body).toEqual({ events: [] });
  });
});

describe('a cancellation', () => {
  it('discards a draft at once', async () => {
    const id = await create();
    const { status, body } = await send('POST', `/orders/${id}/cancel`);
    expect([status, body.status, body.reason]).toEqual([202, 'cancelled', 'customer-requested']);
  });

  it('of a submitted order is a request', async () => {
    const id = await create({ submit: true });
    const { status, body } = await send('POST', `/orders/${id}/cancel`, { reason: 'operator-requested' });
    expect([status, body.status, body.cancellationRequested]).toEqual([202, 'submitted', 'operator-requested']);
  });
});

describe('bad input', () => {
  const line = (changes: Json) => ({ ...ORDER, lines: [{ ...LINE, ...changes }] });

  it.each<[string, unknown, string]>([
    ['a quantity of zero', line({ quantity: 0 }), 'lines[0].quantity'],
    ['a negative quantity', line({ quantity: -1 }), 'lines[0].quantity'],
    ['a fractional quantity', line({ quantity: 1.5 }), 'lines[0].quantity'],
    ['an enormous quantity', line({ quantity: 1_000_001 }), 'lines[0].quantity'],
    ['an infinite quantity', '{"lines":[{"quantity":1e999}]}', 'lines[0].quantity'],
    ['a quantity in words', line({ quantity: 'two' }), 'lines[0].quantity'],
    ['a negative price', line({ unitPriceMinor: -1 }), 'lines[0].unitPriceMinor'],
    ['a fractional price', line({ unitPriceMinor: 9.99 }), 'lines[0].unitPriceMinor'],
    ['an enormous price', line({ unitPriceMinor: 1e15 }), 'lines[0].unitPriceMinor'],
    ['a SKU that is none', line({ sku: 'no sku' }), 'lines[0].sku'],
    ['a currency of its own, since one order has one', line({ currency: 'USD' }), 'lines[0].currency'],
    ['a misspelt field', line({ quantiy: 1 }), 'lines[0].quantiy'],
    ['an unknown currency', { ...ORDER, currency: 'XXX' }, 'currency'],
    ['a customer id that is none', { ...ORDER, customerId: '../etc' }, 'customerId'],
    ['a card number for a token', { ...ORDER, paymentToken: '4111111111111111' }, 'paymentToken'],
    ['a country that is none', { ...ORDER, shipTo: { ...SHIP_TO, country: 'Austria' } }, 'shipTo.country'],
    ['no address', { ...ORDER, shipTo: undefined }, 'shipTo'],
    ['no list of lines', { ...ORDER, lines: {} }, 'lines'],
    [
      'too many lines',
      { ...ORDER, lines: Array.from({ length: 101 }, (_, n) => ({ ...LINE, sku: `S-${n}` })) },
      'lines',
    ],
  ])('%s is refused by name', async (_what, body, field) => {
    const { store } = orders.storage;
    const before = await store.lastPosition(0);
    const reply = await send('POST', '/orders', body);
    expect(reply.status).toBe(400);
    expect(fieldsOf(reply)).toContain(field);
    expect(await store.lastPosition(0)).toBe(before);
  });

  it.each<[string, Json, number, string]>([
    ['no lines at all', { lines: [] }, 422, 'order-has-no-lines'],
    ['two prices for one SKU', { lines: [LINE, { ...LINE, unitPriceMinor: 1 }] }, 422, 'line-price-differs'],
    [
      'a total beyond all bounds',
      { lines: [{ ...LINE, quantity: 1_000_000, unitPriceMinor: 1e12 }] },
      422,
      'order-total-out-of-bounds',
    ],
    [
      'a sum beyond the bound',
      {
        lines: [
          { ...LINE, quantity: 1e6 },
          { ...LINE, quantity: 1 },
        ],
      },
      422,
      'line-out-of-bounds',
    ],
  ])('an order with %s is refused with the reason', async (_what, changes, status, code) => {
    const reply = await send('POST', '/orders', { ...ORDER, ...changes, submit: true });
    expect([reply.status, reply.body.type]).toEqual([status, `urn:problem-type:${code}`]);
  });

  it('says that an order is not there', async () => {
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/events', undefined],
      ['GET', '/events?after=5', undefined],
      ['POST', '/submit', undefined],
      ['POST', '/cancel', {}],
      ['POST', '/lines', LINE],
      ['PATCH', '/lines/TEA', { quantity: 1 }],
      ['DELETE', '/lines/TEA', undefined],
    ] as const)
      expect((await send(method, `/orders/${ORDER_ID}${path}`, body)).status).toBe(404);
  });

  it('names an order id, a version and an instant that are none', async () => {
    expect(fieldsOf(await send('GET', '/orders/a%20b'))).toEqual(['orderId']);
    expect(fieldsOf(await send('GET', `/orders/${ORDER_ID}?version=0`))).toEqual(['version']);
    expect(fieldsOf(await send('GET', `/orders/${ORDER_ID}?asOf=yesterday`))).toEqual(['asOf']);
    expect(fieldsOf(await send('GET', `/orders/${ORDER_ID}?version=1&asOf=${NOW}`))).toEqual(['asOf']);
    expect(fieldsOf(await send('GET', `/orders/${ORDER_ID}?vesion=1`))).toEqual(['vesion']);
  });

  it('gets 413 for ten megabytes, 400 for no JSON, 415 for another content type', async () => {
    expect((await send('POST', '/orders', { ...ORDER, note: 'x'.repeat(10 * 1024 * 1024) })).status).toBe(413);
    expect((await send('POST', '/orders', '{"lines": [')).status).toBe(400);
    expect((await send('POST', '/orders', 'a,b', { 'content-type': 'text/csv' })).status).toBe(415);
  });

  it('does not change what is submitted', async () => {
    const id = await create({ submit: true });
    for (const reply of [
      await send('POST', `/orders/${id}/lines`, LINE),
      await send('PATCH', `/orders/${id}/lines/KETTLE-1L`, { quantity: 1 }),
      await send('DELETE', `/orders/${id}/lines/KETTLE-1L`),
    ])
      expect([reply.status, reply.body.rejection]).toEqual([409, { type: 'OrderAlreadySubmitted', orderId: id }]);
  });

  it('does not take a line that is not there', async () => {
    const id = await create();
    expect((await send('PATCH', `/orders/${id}/lines/TEA`, { quantity: 1 })).body.type).toBe(
      'urn:problem-type:line-not-found',
    );
  });
});

describe('commands of one moment', () => {
  it('on one order are all kept, one after the other', async () => {
    const id = await create();
    const replies = await Promise.all(
      ['A', 'B', 'C'].map((sku) => send('POST', `/orders/${id}/lines`, { sku, quantity: 1, unitPriceMinor: 1 })),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(replies.map(({ headers }) => headers.etag)).size).toBe(3);
    expect((await send('GET', `/orders/${id}`)).body.lines).toHaveLength(4);
  });

  it('on one version of it have one winner', async () => {
    const id = await create();
    const ifMatch = { 'if-match': '"1"' };
    const replies = await Promise.all([
      send('PATCH', `/orders/${id}/lines/KETTLE-1L`, { quantity: 5 }, ifMatch),
      send('DELETE', `/orders/${id}/lines/KETTLE-1L`, undefined, ifMatch),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe('an idempotency key', () => {
  it('makes one order of two posts, with the same answer', async () => {
    const key = { 'idempotency-key': 'order-42' };
    const first = await send('POST', '/orders', { ...ORDER, submit: true }, key);
    await send('POST', `/orders/${String(first.body.orderId)}/cancel`);
    const again = await send('POST', '/orders', { ...ORDER, submit: true }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('is refused with another body', async () => {
    const key = { 'idempotency-key': 'order-43' };
    await send('POST', '/orders', ORDER, key);
    expect((await send('POST', '/orders', { ...ORDER, customerId: 'c-2' }, key)).status).toBe(422);
  });
});

it('the OpenAPI document says of every route what it answers', async () => {
  const document = await orders.app.inject({ method: 'GET', url: '/docs-json' });
  expect(documentGaps(document.json<ApiDocument>())).toEqual([]);
});
