import { orderSubmitted, paymentVoided, say, shipmentDispatched } from '@murmuration/contracts';
import { instant } from '@murmuration/kernel';
import { type ApiDocument, documentGaps, serviceOnMemory } from '@murmuration/platform';
import { inventoryService } from '../inventory.module';

const NOW = instant('2026-03-01T09:30:00.000Z');
const start = () => serviceOnMemory(inventoryService(), { now: () => NOW });

let inventory: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  inventory = await start();
});
afterAll(() => inventory.close());

const send: typeof inventory.send = (...request) => inventory.send(...request);

let skus = 0;
/** A SKU of which so many lie on the shelf. */
const stocked = async (quantity: number): Promise<string> => {
  const sku = `SKU-${++skus}`;
  expect((await send('POST', `/stock/${sku}/receipts`, { quantity })).status).toBe(201);
  return sku;
};
const submitted = (orderId: string, ...lines: readonly (readonly [string, number])[]) =>
  inventory.hear(
    say(orderSubmitted, {
      ...orderSubmitted.example,
      ...{ orderId, lines: lines.map(([sku, quantity]) => ({ sku, quantity, unitPriceMinor: 100 })) },
    }),
  );

describe('the stock of a SKU', () => {
  it('begins with the first receipt', async () => {
    expect((await send('GET', '/stock/KETTLE-1L')).status).toBe(404);
    const { status, headers, body } = await send('POST', '/stock/KETTLE-1L/receipts', { quantity: 100 });
    expect([status, headers.etag]).toEqual([201, '"1"']);
    const counts = { received: 100, adjusted: 0, held: 0, committed: 0, available: 100 };
    expect(body).toEqual({ sku: 'KETTLE-1L', version: 1, ...counts });
    expect((await send('GET', '/stock/KETTLE-1L')).body).toEqual(body);
  });

  it('is corrected by adjustments up and down', async () => {
    const sku = await stocked(100);
    await send('POST', `/stock/${sku}/adjustments`, { delta: -3, reason: 'breakage' });
    const { body } = await send('POST', `/stock/${sku}/adjustments`, { delta: 1, reason: 'found' });
    expect(body).toMatchObject({ version: 3, received: 100, adjusted: -2, available: 98 });
  });

  it('never goes below zero', async () => {
    const sku = await stocked(2);
    const { status, body } = await send('POST', `/stock/${sku}/adjustments`, { delta: -3, reason: 'theft' });
    expect([status, body.rejection]).toEqual([409, { type: 'AdjustmentExceedsAvailable', sku, available: 2 }]);
  });

  it('shows what orders hold and what has left', async () => {
    const sku = await stocked(10);
    await submitted('o-held', [sku, 3]);
    expect((await send('GET', `/stock/${sku}`)).body).toMatchObject({ held: 3, committed: 0, available: 7 });
    await inventory.hear(say(shipmentDispatched, { orderId: 'o-held', dispatchedAt: NOW }));
    expect((await send('GET', `/stock/${sku}`)).body).toMatchObject({ held: 0, committed: 3, available: 7 });
  });

  it('is not sent again to who has it already', async () => {
    const sku = await stocked(1);
    const { status } = await send('GET', `/stock/${sku}`, undefined, { 'if-none-match': '"1"' });
    expect(status).toBe(304);
  });

  it('changes only at the version that If-Match names', async () => {
    const sku = await stocked(1);
    const ifMatch = { 'if-match': '"1"' };
    expect((await send('POST', `/stock/${sku}/receipts`, { quantity: 1 }, ifMatch)).status).toBe(201);
    expect((await send('POST', `/stock/${sku}/receipts`, { quantity: 1 }, ifMatch)).status).toBe(412);
  });

  it('keeps all of many receipts of one moment', async () => {
    const sku = await stocked(1);
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => send('POST', `/stock/${sku}/receipts`, { quantity: 2 })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await send('GET', `/stock/${sku}`)).body).toMatchObject({ version: 51, available: 101 });
  });
});

describe('a reservation', () => {
  it('names its lines and how long they are held', async () => {
    const [kettle, tea] = [await stocked(5), await stocked(5)];
    await submitted('o-1', [kettle, 2], [tea, 1]);
    const { status, body } = await send('GET', '/reservations/o-1');
    expect([status, body]).toEqual([
      200,
      {
        ...{ orderId: 'o-1', version: 1, status: 'held', heldUntil: expect.any(String) as string },
        lines: [
          { sku: kettle, quantity: 2 },
          { sku: tea, quantity: 1 },
        ],
      },
    ]);
  });

  it('holds nothing when one line is short, and says which', async () => {
    const [kettle, tea] = [await stocked(5), await stocked(1)];
    await submitted('o-2', [kettle, 2], [tea, 3], ['NEVER-SEEN', 1]);
    const { body } = await send('GET', '/reservations/o-2');
    expect(body).toMatchObject({
      status: 'refused',
      lines: [
        { sku: tea, requested: 3, available: 1, known: true },
        { sku: 'NEVER-SEEN', requested: 1, available: 0, known: false },
      ],
    });
    expect((await send('GET', `/stock/${kettle}`)).body).toMatchObject({ held: 0, available: 5 });
    expect((await send('GET', '/stock/NEVER-SEEN')).status).toBe(404);
  });

  it('is released when the payment was undone', async () => {
    const kettle = await stocked(5);
    await submitted('o-3', [kettle, 2]);
    await inventory.hear(say(paymentVoided, { orderId: 'o-3', held: true, amountMinor: 200, voidedAt: NOW }));
    expect((await send('GET', '/reservations/o-3')).body).toMatchObject({ status: 'released', version: 2 });
    expect((await send('GET', `/stock/${kettle}`)).body).toMatchObject({ held: 0, available: 5 });
  });

  it('is not there for an order that was never heard of', async () => {
    expect((await send('GET', '/reservations/o-nobody')).status).toBe(404);
  });
});

describe('bad input', () => {
  it.each<[string, unknown, string]>([
    ['no quantity', {}, 'quantity'],
    ['a quantity of zero', { quantity: 0 }, 'quantity'],
    ['a quantity of minus zero', '{"quantity":-0}', 'quantity'],
    ['a negative quantity', { quantity: -1 }, 'quantity'],
    ['a fractional quantity', { quantity: 1.5 }, 'quantity'],
    ['an enormous quantity', { quantity: 1_000_001 }, 'quantity'],
    ['a quantity beyond what is exact', '{"quantity":9007199254740993}', 'quantity'],
    ['an infinite quantity', '{"quantity":1e999}', 'quantity'],
    ['a quantity in quotes', { quantity: '2' }, 'quantity'],
    ['a quantity of nothing', { quantity: null }, 'quantity'],
    ['a field that nobody knows', { quantity: 1, qty: 1 }, 'qty'],
    ['no body', undefined, 'body'],
    ['a list', [], 'body'],
  ])('%s is refused by name', async (_what, body, field) => {
    const { store } = inventory.storage;
    const before = await store.lastPosition(0);
    const { status, fields } = await send('POST', '/stock/KETTLE-1L/receipts', body);
    expect([status, fields]).toEqual([400, expect.arrayContaining([field])]);
    expect(await store.lastPosition(0)).toBe(before);
  });

  it.each<[string, unknown, string]>([
    ['an adjustment by nothing', { delta: 0, reason: 'count' }, 'delta'],
    ['an adjustment by halves', { delta: 0.5, reason: 'count' }, 'delta'],
    ['an enormous adjustment', { delta: -1_000_001, reason: 'count' }, 'delta'],
    ['an adjustment without a reason', { delta: 1 }, 'reason'],
    ['an empty reason', { delta: 1, reason: '' }, 'reason'],
    ['an endless reason', { delta: 1, reason: 'x'.repeat(501) }, 'reason'],
  ])('%s is refused by name', async (_what, body, field) => {
    const { status, fields } = await send('POST', '/stock/KETTLE-1L/adjustments', body);
    expect([status, fields]).toEqual([400, [field]]);
  });

  it('names an unknown SKU', async () => {
    const { status, body } = await send('POST', '/stock/NEVER-SEEN/adjustments', { delta: 1, reason: 'found' });
    expect([status, body.rejection]).toEqual([404, { type: 'SkuUnknown', sku: 'NEVER-SEEN' }]);
  });

  it('names a SKU and an order id that are none', async () => {
    for (const sku of ['a%20b', '%00', 'x'.repeat(65)])
      expect((await send('GET', `/stock/${sku}`)).fields).toEqual(['sku']);
    expect((await send('POST', '/stock/a%20b/receipts', { quantity: 1 })).fields).toEqual(['sku']);
    expect((await send('GET', '/reservations/a%2Fb')).fields).toEqual(['orderId']);
  });

  it('gets 413 for ten megabytes, 400 for no JSON, 415 for another content type', async () => {
    const path = '/stock/KETTLE-1L/receipts';
    expect((await send('POST', path, { quantity: 1, note: 'x'.repeat(10 * 1024 * 1024) })).status).toBe(413);
    expect((await send('POST', path, '{"quantity": ')).status).toBe(400);
    expect(
      (await send('POST', path, 'quantity=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
  });
});

describe('a change of stock', () => {
  it.each([
    ['receipts', { quantity: 3 }],
    ['adjustments', { delta: -1, reason: 'broken' }],
  ])('among the %s says where the stock is found', async (changes, body) => {
    const { headers, body: level } = await send('POST', `/stock/POT/${changes}`, body);
    expect(headers.location).toBe('/v1/stock/POT');
    expect((await send('GET', '/stock/POT')).body).toEqual(level);
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'receipt-42' };

  it('makes one receipt of two posts, with the same answer', async () => {
    const first = await send('POST', '/stock/TEA/receipts', { quantity: 5 }, key);
    await send('POST', '/stock/TEA/receipts', { quantity: 1 });
    const again = await send('POST', '/stock/TEA/receipts', { quantity: 5 }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await send('GET', '/stock/TEA')).body).toMatchObject({ received: 6 });
  });

  it('is refused with another body', async () => {
    expect((await send('POST', '/stock/TEA/receipts', { quantity: 6 }, key)).status).toBe(422);
  });

  it('is another one for another SKU', async () => {
    expect((await send('POST', '/stock/CUPS/receipts', { quantity: 5 }, key)).body).toMatchObject({ received: 5 });
  });
});

it('the OpenAPI document says of every route what it answers', async () => {
  const document = await inventory.app.inject({ method: 'GET', url: '/docs-json' });
  expect(documentGaps(document.json<ApiDocument>())).toEqual([]);
});
