import { say, paymentAuthorized, orderSubmitted } from '@murmuration/contracts';
import { NOW, shippingForTests } from '../shipping.fixture';

let shipping: Awaited<ReturnType<typeof shippingForTests>>;
beforeAll(async () => {
  shipping = await shippingForTests();
});
afterAll(() => shipping.close());

const mira = { actor: 'mira', reason: 'spoke to the carrier' };
const shown = async (orderId: string) => (await shipping.send('GET', `/shipments/${orderId}`)).body;
const retry = (orderId: string, body: unknown = mira) =>
  shipping.send('POST', `/shipments/${orderId}/attention/retry`, body);
const resolve = (orderId: string, body: unknown) =>
  shipping.send('POST', `/shipments/${orderId}/attention/resolve`, body);

/** A booking that the carrier never answered. */
const unanswered = async (): Promise<string> => {
  const orderId = await shipping.asked();
  await shipping.report(orderId, { outcome: 'gave-up', reason: 'timeout' });
  return orderId;
};

describe('a call that the carrier never answered', () => {
  it('is shown with its key and what was said of it', async () => {
    const orderId = await unanswered();
    const reasons = [{ attention: 1, reason: 'no answer to the booking: timeout', since: NOW }];
    expect(await shown(orderId)).toMatchObject({
      status: 'booking',
      attention: { key: `book:${orderId}`, call: 'book', answer: 'gave-up', reasons },
    });
  });

  it('is made once more under its key, and goes on from the answer', async () => {
    const orderId = await unanswered();
    const { status, body } = await retry(orderId);
    expect([status, body.status, body.attention]).toEqual([202, 'booking', undefined]);
    await shipping.report(orderId, { outcome: 'done', result: { carrierReference: 'CR-1' } });
    expect(await shown(orderId)).toMatchObject({ status: 'booked', carrierReference: 'CR-1' });
  });

  it('is settled by hand: booked under a name, or not booked at all', async () => {
    const booked = await resolve(await unanswered(), { ...mira, outcome: 'done', carrierReference: 'CR-2' });
    expect([booked.status, booked.body]).toMatchObject([200, { status: 'booked', carrierReference: 'CR-2' }]);
    const { body } = await resolve(await unanswered(), { ...mira, outcome: 'not-done' });
    expect(body).toMatchObject({ status: 'refused', reason: 'spoke to the carrier' });
  });
});

describe('an operator', () => {
  it('is told when a parcel may no longer leave', async () => {
    const orderId = 'o-expired';
    await shipping.hear(say(orderSubmitted, { ...orderSubmitted.example, orderId }));
    await shipping.hear(say(paymentAuthorized, { ...paymentAuthorized.example, orderId, expiresAt: NOW }));
    await shipping.report(orderId, { outcome: 'done', result: { carrierReference: 'CR-3' } });
    const { status, body } = await shipping.send('POST', `/shipments/${orderId}/dispatch`);
    expect([status, body.rejection]).toEqual([409, { type: 'AuthorizationExpired', orderId, authorizedUntil: NOW }]);
    const notice = shipping.notice({ orderId, carrierReference: 'CR-3' }, 'handed-over');
    expect((await shipping.tell(notice)).body.results).toMatchObject([{ status: 409, reason: 'AuthorizationExpired' }]);
    expect(await shown(orderId)).toMatchObject({ status: 'booked', authorizedUntil: NOW });
  });

  it.each<[string, () => Promise<{ readonly status: number; readonly body: unknown }>, number, string]>([
    ['retries what needs nobody', async () => retry((await shipping.booked()).orderId), 409, 'NothingNeedsAttention'],
    [
      'resolves an order that was never heard of',
      () => resolve('o-nobody', { ...mira, outcome: 'done' }),
      404,
      'OrderNotHeardOfYet',
    ],
    ['retries an order that was never heard of', () => retry('o-nobody'), 404, 'OrderNotHeardOfYet'],
    [
      'books without the name of the booking',
      async () => resolve(await unanswered(), { ...mira, outcome: 'done' }),
      422,
      'ReferenceMissing',
    ],
  ])('who %s is refused with the reason', async (_, ask, status, type) => {
    const reply = await ask();
    expect([reply.status, reply.body]).toMatchObject([status, { rejection: { type } }]);
  });

  it.each<[string, unknown, string]>([
    ['no name', { reason: 'x', outcome: 'done' }, 'actor'],
    ['no reason', { actor: 'mira', outcome: 'done' }, 'reason'],
    ['an outcome that nobody knows', { ...mira, outcome: 'perhaps' }, 'outcome'],
    ['an endless reference', { ...mira, outcome: 'done', carrierReference: 'x'.repeat(81) }, 'carrierReference'],
    ['a field that nobody knows', { ...mira, outcome: 'done', key: 'x' }, 'key'],
    ['no body', undefined, 'body'],
  ])('with %s is refused by name', async (_, body, field) => {
    const { status, fields } = await resolve('o-1', body);
    expect([status, fields]).toEqual([400, [field]]);
  });
});
