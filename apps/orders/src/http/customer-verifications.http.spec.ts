import { plusMs } from '@murmuration/kernel';
import { codes, ordersForCustomers, refusal, START } from './customers.fixture';

let orders: Awaited<ReturnType<typeof ordersForCustomers>>;
let send: (typeof orders)['send'];
let register: (typeof orders)['register'];
beforeAll(async () => {
  orders = await ordersForCustomers();
  ({ send, register } = orders);
});
afterAll(() => orders.close());
beforeEach(() => orders.setNow(START));

const wrongCodeFor = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a verification', () => {
  const request = async (id: string): Promise<string> => {
    const { status } = await send('POST', `/customers/${id}/verifications`, { channel: 'email' });
    expect(status).toBe(202);
    const [requested] = await orders.storage.store.readStreamBackwards(`customer-${id}`, 1);
    return codes.codeOf((JSON.parse(requested?.data ?? '{}') as { readonly verificationId: string }).verificationId);
  };
  const confirm = (id: string, code: string, headers: Record<string, string> = {}) =>
    send('POST', `/customers/${id}/verifications/email/confirm`, { code }, headers);

  it('is done by giving back the code', async () => {
    const id = await register();
    const code = await request(id);
    expect((await send('GET', `/customers/${id}`)).body).toMatchObject({
      emailVerified: false,
      verifications: [{ channel: 'email', attemptsLeft: 5, delivery: 'pending', expiresAt: plusMs(START, 900_000) }],
    });
    expect((await confirm(id, code)).body).toMatchObject({ emailVerified: true, verifications: [] });
  });

  it('stores and shows no code', async () => {
    const id = await register();
    const code = await request(id);
    const stored = await orders.storage.store.readStreamBackwards(`customer-${id}`, 10);
    expect(JSON.stringify([stored, (await send('GET', `/customers/${id}`)).body])).not.toContain(`"${code}"`);
  });

  it('is refused with a wrong code, which is counted once for one request', async () => {
    const id = await register();
    const wrong = wrongCodeFor(await request(id));
    const once = { 'idempotency-key': 'guess-1' };
    const first = await confirm(id, wrong, once);
    expect([first.status, first.body.rejection]).toEqual([
      422,
      { type: 'VerificationCodeWrong', channel: 'email', attemptsLeft: 4 },
    ]);
    const { body: again } = await confirm(id, wrong, once);
    expect(again.rejection).toEqual(first.body.rejection);
    for (let left = 3; left >= 0; left--)
      expect((await confirm(id, wrong)).body.rejection).toMatchObject({ attemptsLeft: left });
    expect(await refusal(confirm(id, wrong))).toEqual([409, 'VerificationClosed']);
  });

  it('is too late after a quarter of an hour, and another can be asked for', async () => {
    const id = await register();
    const code = await request(id);
    orders.setNow(plusMs(START, 15 * 60_000));
    expect(await refusal(confirm(id, code))).toEqual([409, 'VerificationExpired']);
    expect((await confirm(id, await request(id))).status).toBe(200);
  });

  it('is not asked for twice within a minute, unless it is the same request', async () => {
    const id = await register();
    const once = { 'idempotency-key': 'ask-1' };
    const first = await send('POST', `/customers/${id}/verifications`, { channel: 'email' }, once);
    const again = await send('POST', `/customers/${id}/verifications`, { channel: 'email' }, once);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(await refusal(send('POST', `/customers/${id}/verifications`, { channel: 'email' }))).toEqual([
      409,
      'VerificationTooSoon',
    ]);
  });

  it('needs a phone number to verify one', async () => {
    const id = await register();
    expect(await refusal(send('POST', `/customers/${id}/verifications`, { channel: 'phone' }))).toEqual([
      409,
      'PhoneNotKnown',
    ]);
  });
});
