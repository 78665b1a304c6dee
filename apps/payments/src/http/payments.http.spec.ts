import { say, shipmentCancelled } from '@murmuration/contracts';
import { type ApiDocument, documentGaps } from '@murmuration/platform';
import { done, NOW, paymentsForTests, refused } from '../payments.fixture';

let payments: Awaited<ReturnType<typeof paymentsForTests>>;
beforeAll(async () => {
  payments = await paymentsForTests();
});
afterAll(() => payments.close());

const send: typeof payments.send = (...request) => payments.send(...request);
const shown = async (orderId: string) => (await send('GET', `/payments/${orderId}`)).body;
const refund = (orderId: string, body: unknown, headers?: Record<string, string>) =>
  send('POST', `/payments/${orderId}/refunds`, body, headers);

describe('a payment', () => {
  it('is asked for when the order and its stock are known', async () => {
    const orderId = await payments.asked();
    const nothing = { authorizedMinor: 0, capturedMinor: 0, voidedMinor: 0, refundedMinor: 0 };
    expect(await shown(orderId)).toEqual({ orderId, version: 2, status: 'authorizing', currency: 'EUR', ...nothing });
  });

  it('is authorised, captured when the parcel left, and given back in parts', async () => {
    const orderId = await payments.authorized();
    expect(await shown(orderId)).toMatchObject({ status: 'authorized', authorizedMinor: 6980, capturedMinor: 0 });
    const shipped = await payments.shipped();
    expect(await shown(shipped)).toMatchObject({ status: 'captured', authorizedMinor: 6980, capturedMinor: 6980 });
    const { status, headers, body } = await refund(shipped, { amountMinor: 1000, refundId: 'r-1' });
    expect([status, headers.etag]).toEqual([202, `"${Number(body.version)}"`]);
    expect(body).toMatchObject({
      refundedMinor: 0,
      refunds: [{ refundId: 'r-1', cause: 'return', amountMinor: 1000 }],
    });
    await send('POST', '/webhooks/psp', { ...payments.notice(shipped, 'refund'), key: `refund:${shipped}:r-1` });
    expect(await shown(shipped)).toMatchObject({ refundedMinor: 1000, refunds: [{ refundId: 'r-1', answer: 'done' }] });
  });

  it('is declined with the word of the provider', async () => {
    const orderId = await payments.asked();
    const { status, body } = await payments.tell(orderId, 'authorize', refused);
    expect([status, body.status, body.reason]).toEqual([200, 'declined', 'insufficient_funds']);
  });

  it('is voided when the shipment came to nothing', async () => {
    const orderId = await payments.authorized();
    await payments.hear(say(shipmentCancelled, { orderId, held: true, cancelledAt: NOW }));
    await payments.tell(orderId, 'void');
    expect(await shown(orderId)).toMatchObject({ status: 'voided', authorizedMinor: 6980, voidedMinor: 6980 });
  });

  it('never shows the token', async () => {
    expect(JSON.stringify(await shown(await payments.asked()))).not.toContain('tok_');
  });

  it('is not there for an order that was never heard of', async () => {
    expect((await send('GET', '/payments/o-nobody')).status).toBe(404);
  });
});

describe('a refund', () => {
  it.each<[string, (orderId: string) => Promise<{ readonly status: number; readonly body: unknown }>, string]>([
    ['of what was only authorised', async () => refund(await payments.authorized(), { amountMinor: 1 }), 'NotCaptured'],
    ['of more than was captured', (orderId) => refund(orderId, { amountMinor: 6981 }), 'RefundExceedsCaptured'],
    [
      'of another amount under a known id',
      async (orderId) => {
        await refund(orderId, { amountMinor: 2, refundId: 'r-1' });
        return refund(orderId, { amountMinor: 3, refundId: 'r-1' });
      },
      'RefundIdTaken',
    ],
    [
      'after a hundred others',
      async (orderId) => {
        for (let n = 0; n < 100; n++) await refund(orderId, { amountMinor: 1, refundId: `r-${n}` });
        return refund(orderId, { amountMinor: 1, refundId: 'r-one-too-many' });
      },
      'TooManyRefunds',
    ],
  ])('%s is refused with the reason', async (_what, ask, type) => {
    const { status, body } = await ask(await payments.shipped());
    expect([status, body]).toEqual([
      409,
      expect.objectContaining({ rejection: expect.objectContaining({ type }) as unknown }),
    ]);
  });

  it('finds nothing of an order that was never heard of', async () => {
    const { status, body } = await refund('o-nobody', { amountMinor: 1 });
    expect([status, body.rejection]).toEqual([404, { type: 'OrderNotHeardOfYet', orderId: 'o-nobody' }]);
  });

  it('waits for the parcel, also when the charge was captured at once', async () => {
    const orderId = await payments.asked();
    await payments.tell(orderId, 'authorize', done({ captured: true }));
    expect((await refund(orderId, { amountMinor: 1 })).body.rejection).toEqual({ type: 'NotDispatched', orderId });
  });

  it('never adds up to more than was captured, however many are asked for at once', async () => {
    const orderId = await payments.shipped();
    const replies = await Promise.all(Array.from({ length: 10 }, () => refund(orderId, { amountMinor: 2000 })));
    expect(replies.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(3).fill(202),
      ...Array<number>(7).fill(409),
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no amount', {}, 'amountMinor'],
    ['an amount of zero', { amountMinor: 0 }, 'amountMinor'],
    ['a negative amount', { amountMinor: -1 }, 'amountMinor'],
    ['a fractional amount', { amountMinor: 0.5 }, 'amountMinor'],
    ['an enormous amount', { amountMinor: 1e15 }, 'amountMinor'],
    ['an amount in quotes', { amountMinor: '1' }, 'amountMinor'],
    ['a currency', { amountMinor: 1, currency: 'XXX' }, 'currency'],
    ['an id with blanks', { amountMinor: 1, refundId: 'a b' }, 'refundId'],
    ['an endless id', { amountMinor: 1, refundId: 'x'.repeat(65) }, 'refundId'],
    ['no body', undefined, 'body'],
  ])('with %s is refused by name', async (_what, body, field) => {
    const reply = await refund('o-1', body);
    expect([reply.status, new Set(reply.fields)]).toEqual([400, new Set([field])]);
  });

  it('is asked for once under an idempotency key, and not at all with another body', async () => {
    const orderId = await payments.shipped();
    const key = { 'idempotency-key': 'refund-42' };
    const first = await refund(orderId, { amountMinor: 500 }, key);
    const again = await refund(orderId, { amountMinor: 500 }, key);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect((await shown(orderId)).refunds).toHaveLength(1);
    expect((await refund(orderId, { amountMinor: 501 }, key)).status).toBe(422);
  });
});

describe('a notice of the provider', () => {
  it('counts once, whoever tells it and however often', async () => {
    const orderId = await payments.asked();
    const notice = payments.notice(orderId, 'authorize');
    const first = await send('POST', '/webhooks/psp', notice);
    const again = await send('POST', '/webhooks/psp', notice);
    const another = await payments.tell(orderId, 'authorize');
    expect([first.body, again.body, another.body].map(({ version }) => version)).toEqual([3, 3, 3]);
  });

  it('that says something else under a known id is refused', async () => {
    const notice = payments.notice(await payments.asked(), 'authorize');
    await send('POST', '/webhooks/psp', notice);
    const { status, body } = await send('POST', '/webhooks/psp', { ...notice, orderId: await payments.asked() });
    expect([status, body.type]).toEqual([422, 'urn:problem-type:idempotency-key-reused']);
  });

  it('about a call that was never made is refused', async () => {
    for (const [orderId, call] of [
      ['o-nobody', 'authorize'],
      [await payments.authorized(), 'capture'],
      [await payments.authorized(), 'refund'],
      [await payments.authorized(), 'nonsense'],
    ] as const) {
      const { status, body } = await payments.tell(orderId, call);
      expect([status, body.rejection]).toEqual([404, { type: 'NoSuchRequest', key: `${call}:${orderId}` }]);
    }
  });

  const sound = { eventId: 'n-0', orderId: 'o-1', key: 'authorize:o-1', outcome: done() };
  it.each<[string, unknown, string]>([
    ['no id', { ...sound, eventId: '' }, 'eventId'],
    ['an order id that is none', { ...sound, orderId: 'a b' }, 'orderId'],
    ['an endless key', { ...sound, key: 'x'.repeat(201) }, 'key'],
    ['an outcome that nobody knows', { ...sound, outcome: { outcome: 'gave-up', reason: 'x' } }, 'outcome.outcome'],
    ['a refusal without a reason', { ...sound, outcome: { outcome: 'refused' } }, 'outcome.reason'],
    [
      'an expiry that is no instant',
      { ...sound, outcome: { outcome: 'done', result: { ...done().result, expiresAt: 'soon' } } },
      'outcome.result.expiresAt',
    ],
    ['a field that nobody knows', { ...sound, amountMinor: 1 }, 'amountMinor'],
    ['no body', undefined, 'body'],
  ])('with %s is refused by name', async (_what, body, field) => {
    const { status, fields } = await send('POST', '/webhooks/psp', body);
    expect([status, fields]).toEqual([400, [field]]);
  });

  it('gets 413 for ten megabytes, 400 for no JSON, 415 for another content type', async () => {
    expect((await send('POST', '/webhooks/psp', { ...sound, note: 'x'.repeat(10 * 1024 * 1024) })).status).toBe(413);
    expect((await send('POST', '/webhooks/psp', '{"eventId')).status).toBe(400);
    expect((await send('POST', '/webhooks/psp', '<notice/>', { 'content-type': 'text/xml' })).status).toBe(415);
  });
});

it('the OpenAPI document says of every route what it answers', async () => {
  const document = await payments.app.inject({ method: 'GET', url: '/docs-json' });
  expect(documentGaps(document.json<ApiDocument>())).toEqual([]);
});
