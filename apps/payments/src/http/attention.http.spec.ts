import { say, shipmentCancelled, shipmentDispatched } from '@murmuration/contracts';
import { done, NOW, paymentsForTests, refused } from '../payments.fixture';

let payments: Awaited<ReturnType<typeof paymentsForTests>>;
beforeAll(async () => {
  payments = await paymentsForTests();
});
afterAll(() => payments.close());

const mira = { actor: 'mira', reason: 'spoke to the provider' };
const shown = async (orderId: string) => (await payments.send('GET', `/payments/${orderId}`)).body;
const retry = (orderId: string, body: unknown = mira, headers?: Record<string, string>) =>
  payments.send('POST', `/payments/${orderId}/attention/retry`, body, headers);
const resolve = (orderId: string, body: unknown) =>
  payments.send('POST', `/payments/${orderId}/attention/resolve`, body);

/** The parcel has left, and the provider refuses to capture. */
const unpaid = async (): Promise<string> => {
  const orderId = await payments.authorized();
  await payments.hear(say(shipmentDispatched, { orderId, dispatchedAt: NOW }));
  await payments.tell(orderId, 'capture', refused);
  return orderId;
};

describe('a call that the provider refused', () => {
  it('is shown with its key and what was said of it', async () => {
    const orderId = await unpaid();
    const reason = 'the provider refused the capture: insufficient_funds';
    expect(await shown(orderId)).toMatchObject({
      status: 'capturing',
      attention: [
        {
          key: `capture:${orderId}`,
          call: 'capture',
          answer: 'refused',
          reasons: [{ attention: 1, reason, since: NOW }],
        },
      ],
    });
  });

  it('is made once more under a new key, and goes on from the answer', async () => {
    const orderId = await unpaid();
    const { status, body } = await retry(orderId);
    expect([status, body.attention]).toEqual([202, undefined]);
    await payments.tell(orderId, 'capture', refused); // Late word of the first attempt.
    const again = { ...payments.notice(orderId, 'capture'), key: `capture:${orderId}#2` };
    await payments.send('POST', '/webhooks/psp', again);
    expect(await shown(orderId)).toMatchObject({ status: 'captured', capturedMinor: 6980 });
  });

  it('is made once more once under an idempotency key', async () => {
    const orderId = await unpaid();
    const key = { 'idempotency-key': 'retry-1' };
    const first = await retry(orderId, mira, key);
    const again = await retry(orderId, mira, key);
    expect([again.status, again.body]).toEqual([202, first.body]);
  });

  it('is settled by hand: captured in another way, or written off', async () => {
    const paid = await unpaid();
    expect((await resolve(paid, { ...mira, outcome: 'done' })).body).toMatchObject({ status: 'captured' });
    const lost = await unpaid();
    const { status, body } = await resolve(lost, { ...mira, outcome: 'not-done' });
    expect([status, body.capturedMinor, body.attention]).toEqual([200, 0, undefined]);
  });

  it('leaves who decided and why in the log', async () => {
    const orderId = await unpaid();
    await resolve(orderId, { ...mira, outcome: 'done' });
    const streamId = `payment-${orderId}`;
    const stored = (await payments.storage.store.readStreams([{ streamId }])).get(streamId) ?? [];
    expect(stored.find(({ type }) => type === 'PaymentAttentionResolved')?.data).toContain('"actor":"mira"');
  });
});

describe('a refund that the provider refused', () => {
  it('works when it is tried again', async () => {
    const orderId = await payments.shipped();
    await payments.send('POST', `/payments/${orderId}/refunds`, { amountMinor: 1000, refundId: 'r-1' });
    const key = `refund:${orderId}:r-1`;
    await payments.send('POST', '/webhooks/psp', { ...payments.notice(orderId, 'refund', refused), key });
    expect((await shown(orderId)).refunds).toEqual([
      { refundId: 'r-1', cause: 'return', amountMinor: 1000, answer: 'refused' },
    ]);
    expect((await retry(orderId, { ...mira, key })).status).toBe(202);
    await payments.send('POST', '/webhooks/psp', { ...payments.notice(orderId, 'refund'), key: `${key}#2` });
    expect(await shown(orderId)).toMatchObject({ refundedMinor: 1000, refunds: [{ answer: 'done' }] });
  });
});

describe('an operator', () => {
  it.each<[string, (orderId: string) => Promise<{ readonly status: number; readonly body: unknown }>, number, string]>([
    ['retries what needs nobody', async () => retry(await payments.authorized()), 409, 'NothingNeedsAttention'],
    ['retries an order that was never heard of', () => retry('o-nobody'), 404, 'OrderNotHeardOfYet'],
    [
      'resolves an order that was never heard of',
      () => resolve('o-nobody', { ...mira, outcome: 'done' }),
      404,
      'OrderNotHeardOfYet',
    ],
    ['retries a call that was never made', (id) => retry(id, { ...mira, key: 'void:o-9' }), 404, 'NoSuchRequest'],
    [
      'resolves what needs nobody',
      async () => resolve(await payments.authorized(), { ...mira, outcome: 'done' }),
      409,
      'NothingNeedsAttention',
    ],
  ])('who %s is refused with the reason', async (_, ask, status, type) => {
    const reply = await ask(await unpaid());
    expect([reply.status, reply.body]).toMatchObject([status, { rejection: { type } }]);
  });

  it('cannot leave an authorisation standing that an undone order no longer needs', async () => {
    const orderId = await payments.authorized();
    await payments.hear(say(shipmentCancelled, { orderId, held: true, cancelledAt: NOW }));
    await payments.tell(orderId, 'void', refused);
    const { status, body } = await resolve(orderId, { ...mira, outcome: 'not-done' });
    expect([status, body.rejection]).toEqual([409, { type: 'MustBeUndone', key: `void:${orderId}` }]);
    expect((await resolve(orderId, { ...mira, outcome: 'done' })).body).toMatchObject({ status: 'voided' });
  });

  it('names one of several calls to settle', async () => {
    const orderId = await payments.shipped();
    for (const refundId of ['r-1', 'r-2']) {
      await payments.send('POST', `/payments/${orderId}/refunds`, { amountMinor: 10, refundId });
      const key = `refund:${orderId}:${refundId}`;
      await payments.send('POST', '/webhooks/psp', { ...payments.notice(orderId, 'refund', refused), key });
    }
    const { status, body } = await resolve(orderId, { ...mira, outcome: 'not-done' });
    expect([status, body]).toMatchObject([422, { rejection: { type: 'CallNotNamed' } }]);
    const key = `refund:${orderId}:r-2`;
    expect((await resolve(orderId, { ...mira, key, outcome: 'done' })).body).toMatchObject({ refundedMinor: 10 });
  });

  it.each<[string, unknown, string]>([
    ['no name', { reason: 'x', outcome: 'done' }, 'actor'],
    ['no reason', { actor: 'mira', outcome: 'done' }, 'reason'],
    ['an empty reason', { actor: 'mira', reason: '', outcome: 'done' }, 'reason'],
    ['an outcome that nobody knows', { ...mira, outcome: 'perhaps' }, 'outcome'],
    [
      'a receipt without an expiry',
      { ...mira, outcome: 'done', receipt: { ...done().result, expiresAt: 'x' } },
      'receipt.expiresAt',
    ],
    ['a field that nobody knows', { ...mira, outcome: 'done', amountMinor: 1 }, 'amountMinor'],
    ['no body', undefined, 'body'],
  ])('with %s is refused by name', async (_, body, field) => {
    const { status, fields } = await resolve('o-1', body);
    expect([status, fields]).toEqual([400, [field]]);
  });
});
