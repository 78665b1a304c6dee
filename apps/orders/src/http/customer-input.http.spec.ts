import { ada, ADDRESS, LINE, ordersForCustomers, type Json } from './customers.fixture';

let orders: Awaited<ReturnType<typeof ordersForCustomers>>;
let send: (typeof orders)['send'];
let register: (typeof orders)['register'];
beforeAll(async () => {
  orders = await ordersForCustomers();
  ({ send, register } = orders);
});
afterAll(() => orders.close());

describe('bad input about a customer', () => {
  const address = (changes: Json) => ({ label: 'home', address: { ...ADDRESS, ...changes } });

  it.each<['POST' | 'PUT' | 'PATCH', string, unknown, string]>([
    ['POST', '', { name: 'Ada', email: 'nowhere' }, 'email'],
    ['POST', '', { name: ' ', email: 'ada@example.org' }, 'name'],
    ['POST', '', { ...ada('c-1'), phone: '0123' }, 'phone'],
    ['POST', '/c-1/suspend', {}, 'reason'],
    ['POST', '/c-1/reactivate', { by: 'nobody' }, 'by'],
    ['POST', '/c-1/deactivate', { reason: '' }, 'reason'],
    ['PATCH', '/c-1', { nmae: 'Ada' }, 'nmae'],
    ['PUT', '/c-1/email', { email: 1 }, 'email'],
    ['PUT', '/c-1/phone', { phone: 'call me' }, 'phone'],
    ['PATCH', '/c-1/preferences', { language: 'German' }, 'language'],
    ['PATCH', '/c-1/preferences', { currency: 'XXX' }, 'currency'],
    ['PUT', '/c-1/consents/pigeon', { granted: true }, 'channel'],
    ['PUT', '/c-1/consents/email', { granted: 'yes' }, 'granted'],
    ['POST', '/c-1/verifications', { channel: 'post' }, 'channel'],
    ['POST', '/c-1/verifications/email/confirm', { code: '12345' }, 'code'],
    ['POST', '/c-1/verifications/post/confirm', { code: '123456' }, 'channel'],
    ['POST', '/c-1/addresses', address({ country: 'Austria' }), 'address.country'],
    ['POST', '/c-1/addresses', address({ floor: 3 }), 'address.floor'],
    ['POST', '/c-1/addresses', { ...address({}), defaultFor: ['love letters'] }, 'defaultFor[0]'],
    ['PUT', '/c-1/addresses/a%20b', address({}), 'addressId'],
    ['PUT', '/c-1/default-addresses/gifts', { addressId: 'a-1' }, 'purpose'],
    ['POST', '/c-1/payment-methods', { token: '4111111111111111' }, 'token'],
    ['POST', '/c-1/payment-methods', { token: 'tok_ok', last4: '42' }, 'last4'],
    ['POST', '/c-1/payment-methods', { token: 'tok_ok', expiry: '2028-13' }, 'expiry'],
    ['PUT', '/c-1/default-payment-method', {}, 'paymentMethodId'],
    ['POST', '/c-1/orders', { lines: [{ ...LINE, quantity: 0 }] }, 'lines[0].quantity'],
    ['POST', '/c-1/loyalty/award', { points: 0 }, 'points'],
    ['POST', '/c-1/loyalty/redeem', { points: 1.5 }, 'points'],
    ['POST', '/c-1/loyalty/expire', { points: 1 }, 'reason'],
    ['POST', '/c-1/loyalty/adjust', { points: 0, reason: 'none' }, 'points'],
    ['POST', '/c-1/loyalty/upgrade', { tier: 'tin', reason: 'none' }, 'tier'],
  ])('%s %s %o is refused by name', async (method, path, body, field) => {
    const reply = await send(method, `/customers${path}`, body);
    expect([reply.status, reply.fields]).toEqual([400, [field]]);
  });

  it('says that a customer is not there', async () => {
    const at = '/customers/c-nobody';
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'Ada' }],
      ['POST', '/suspend', { reason: 'x' }],
      ['POST', '/deactivate', undefined],
      ['POST', '/reactivate', undefined],
      ['POST', '/verifications', { channel: 'email' }],
      ['POST', '/addresses', address({})],
      ['DELETE', '/payment-methods/pm-1', undefined],
      ['POST', '/loyalty/award', { points: 1 }],
      ['POST', '/orders', { lines: [LINE] }],
    ] as const)
      expect((await send(method, `${at}${path}`, body)).status).toBe(404);
  });

  it('is refused at another version than If-Match says', async () => {
    const at = `/customers/${await register()}`;
    const ifMatch = { 'if-match': '"1"' };
    expect((await send('PATCH', at, { name: 'Ada Lovelace' }, ifMatch)).status).toBe(200);
    expect((await send('PATCH', at, { name: 'Ada King' }, ifMatch)).status).toBe(412);
  });
});

describe('the documentation', () => {
  it('shows every route of a customer with what it answers', async () => {
    const { paths } = (await orders.app.inject({ method: 'GET', url: '/docs-json' })).json<{
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }>();
    const routes = Object.entries(paths).filter(([path]) => path.startsWith('/v1/customers'));
    expect(routes.flatMap(([, methods]) => Object.keys(methods))).toHaveLength(26);
    for (const [path, methods] of routes)
      expect([path, JSON.stringify(methods)]).toEqual([path, expect.stringMatching(/emailVerified|totalMinor/)]);
  });
});
