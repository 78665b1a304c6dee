import {
  contractOf,
  paymentAuthorized,
  paymentCaptured,
  say,
  shipmentBooked,
  shipmentDelivered,
  shipmentDispatched,
  stockCommitted,
  stockReserved,
} from '@murmuration/contracts';
import { instant, plusMs, type Instant } from '@murmuration/kernel';
import { serviceOnMemory } from '@murmuration/platform';
import { noCourier } from '../codes/couriers';
import { verificationCodes } from '../codes/verification-codes';
import { ordersService } from '../orders.module';

const START = instant('2026-03-01T09:30:00.000Z');
const codes = verificationCodes('a secret of this specification alone');
const wrongCodeFor = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

let now: Instant = START;
const start = () =>
  serviceOnMemory(ordersService({ ORDER_DEADLINE_MS: 900_000 }, { codes, courier: noCourier(() => undefined) }), {
    now: () => now,
  });

let orders: Awaited<ReturnType<typeof start>>;
let send: Awaited<ReturnType<typeof start>>['send'];
beforeAll(async () => {
  orders = await start();
  ({ send } = orders);
});
afterAll(() => orders.close());
beforeEach(() => {
  now = START;
});

type Json = Readonly<Record<string, unknown>>;

let customers = 0;
const register = async (changes: Json = {}): Promise<string> => {
  const customerId = `c-${++customers}`;
  const { status } = await send('POST', '/customers', { ...ada(customerId), ...changes });
  expect(status).toBe(201);
  return customerId;
};
const ada = (customerId: string) => ({ customerId, name: 'Ada Byron', email: 'ada@example.org' });
const refusal = async (answer: ReturnType<typeof send>): Promise<readonly [number, unknown]> => {
  const { status, body } = await answer;
  return [status, (body.rejection as Json | undefined)?.type];
};

const LINE = { sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 };
const ADDRESS = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };
const ORDER = { currency: 'EUR', paymentToken: 'tok_ok', shipTo: ADDRESS, lines: [LINE] };

describe('a customer', () => {
  it('is registered under an id of their own or a new one', async () => {
    const { body } = await send('POST', '/customers', { ...ada('c-own'), phone: '+43123456789' });
    expect(body).toEqual({
      ...{ customerId: 'c-own', version: 1, status: 'active', registeredAt: START, name: 'Ada Byron' },
      ...{ email: 'ada@example.org', emailVerified: false, phone: '+43123456789', phoneVerified: false },
      ...{ verifications: [], preferences: {}, consents: {}, addresses: [], paymentMethods: [] },
      loyalty: { points: 0, lifetimePoints: 0, tier: 'bronze' },
    });
    const { body: eve, headers } = await send('POST', '/customers', { name: 'Eve', email: 'eve@example.org' });
    expect(headers.location).toBe(`/v1/customers/${String(eve.customerId)}`);
    expect((await send('GET', `/customers/${String(eve.customerId)}`)).body).toEqual(eve);
  });

  it('does not lose their id to another', async () => {
    const id = await register();
    expect(await refusal(send('POST', '/customers', { ...ada(id), name: 'Eve' }))).toEqual([
      409,
      'CustomerAlreadyRegistered',
    ]);
  });

  it('changes name, company, e-mail address, phone number, preferences and consents', async () => {
    const id = await register();
    await send('PATCH', `/customers/${id}`, { name: 'Ada Lovelace', company: 'Analytical Engines' });
    await send('PUT', `/customers/${id}/email`, { email: 'lovelace@example.org' });
    await send('PUT', `/customers/${id}/phone`, { phone: '+44123456789' });
    await send('PATCH', `/customers/${id}/preferences`, { language: 'de-AT' });
    await send('PATCH', `/customers/${id}/preferences`, { currency: 'GBP' });
    const { headers, body } = await send('PUT', `/customers/${id}/consents/email`, { granted: true });
    expect(headers.etag).toBe('"7"');
    expect(body).toMatchObject({
      ...{ name: 'Ada Lovelace', company: 'Analytical Engines', email: 'lovelace@example.org', phone: '+44123456789' },
      ...{ preferences: { language: 'de-AT', currency: 'GBP' }, consents: { email: { granted: true, at: START } } },
    });
    await send('PATCH', `/customers/${id}`, { company: null });
    await send('DELETE', `/customers/${id}/phone`);
    const after = (await send('GET', `/customers/${id}`)).body;
    expect([after.name, after.company, after.phone]).toEqual(['Ada Lovelace', undefined, undefined]);
  });

  it('is shown as they were at a version', async () => {
    const id = await register();
    await send('PATCH', `/customers/${id}`, { name: 'Ada Lovelace' });
    expect((await send('GET', `/customers/${id}?version=1`)).body.name).toBe('Ada Byron');
  });
});

describe('the standing of a customer', () => {
  it.each([
    ['suspend', { reason: 'chargeback' }, 'CustomerSuspended'],
    ['deactivate', { by: 'customer' }, 'CustomerDeactivated'],
  ])('after %s keeps them from ordering until they are reactivated', async (route, body, type) => {
    const customerId = await register();
    const draft = String((await send('POST', '/orders', { ...ORDER, customerId })).body.orderId);
    expect((await send('POST', `/customers/${customerId}/${route}`, body)).status).toBe(200);
    expect(await refusal(send('POST', `/orders/${draft}/submit`))).toEqual([409, type]);
    expect(await refusal(send('POST', '/orders', { ...ORDER, customerId, submit: true }))).toEqual([409, type]);
    await send('POST', `/customers/${customerId}/reactivate`);
    expect((await send('POST', `/orders/${draft}/submit`)).status).toBe(200);
  });

  it('after a deactivation shows who wished it, and is final after its time', async () => {
    const id = await register();
    await send('POST', `/customers/${id}/deactivate`, { by: 'operator', reason: 'fraud' });
    expect((await send('GET', `/customers/${id}`)).body).toMatchObject({
      ...{ status: 'deactivated', deactivatedBy: 'operator', deactivatedAt: START, reason: 'fraud' },
    });
    expect(await refusal(send('POST', `/customers/${id}/reactivate`, { by: 'customer' }))).toEqual([
      409,
      'DeactivatedByOperator',
    ]);
    now = plusMs(START, 31 * 24 * 60 * 60 * 1_000);
    expect(await refusal(send('POST', `/customers/${id}/reactivate`))).toEqual([409, 'DeactivationIsFinal']);
  });
});

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
    now = plusMs(START, 15 * 60_000);
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

describe('the addresses of a customer', () => {
  it('are added, changed, chosen and removed', async () => {
    const id = await register();
    const at = `/customers/${id}`;
    await send('POST', `${at}/addresses`, { addressId: 'a-home', label: 'home', address: ADDRESS });
    const { body } = await send('POST', `${at}/addresses`, {
      label: 'work',
      address: ADDRESS,
      defaultFor: ['billing'],
    });
    const shown = body.addresses as readonly { readonly addressId: string }[];
    expect(shown).toEqual([
      { addressId: 'a-home', label: 'home', address: ADDRESS, defaultFor: ['shipping'] },
      { addressId: expect.any(String), label: 'work', address: ADDRESS, defaultFor: ['billing'] },
    ]);
    const work = String(shown[1]?.addressId);
    await send('PUT', `${at}/addresses/${work}`, { label: 'office', address: { ...ADDRESS, street: 'Ring 1' } });
    await send('PUT', `${at}/default-addresses/shipping`, { addressId: work });
    const { body: after } = await send('DELETE', `${at}/addresses/a-home`);
    expect(after.addresses).toEqual([
      {
        ...{ addressId: work, label: 'office', address: { ...ADDRESS, street: 'Ring 1' } },
        defaultFor: ['shipping', 'billing'],
      },
    ]);
  });

  it('are refused where they are not known or a label is taken', async () => {
    const at = `/customers/${await register()}`;
    await send('POST', `${at}/addresses`, { label: 'home', address: ADDRESS });
    expect(await refusal(send('POST', `${at}/addresses`, { label: 'Home', address: ADDRESS }))).toEqual([
      409,
      'AddressLabelTaken',
    ]);
    const change = { label: 'home', address: ADDRESS };
    expect(await refusal(send('PUT', `${at}/addresses/a-none`, change))).toEqual([404, 'AddressNotFound']);
  });
});

describe('the payment methods of a customer', () => {
  it('are added, chosen and removed, and their tokens never shown', async () => {
    const at = `/customers/${await register()}`;
    const card = { paymentMethodId: 'pm-1', token: 'tok_ok', brand: 'visa', last4: '4242', expiry: '2028-04' };
    await send('POST', `${at}/payment-methods`, card);
    await send('POST', `${at}/payment-methods`, { paymentMethodId: 'pm-2', token: 'tok_flaky' });
    const { body } = await send('PUT', `${at}/default-payment-method`, { paymentMethodId: 'pm-2' });
    const { token: _, ...shown } = card;
    expect(body.paymentMethods).toEqual([
      { ...shown, isDefault: false },
      { paymentMethodId: 'pm-2', isDefault: true },
    ]);
    const { body: after } = await send('DELETE', `${at}/payment-methods/pm-2`);
    expect(after.paymentMethods).toEqual([{ ...shown, isDefault: true }]);
    expect(JSON.stringify(after)).not.toMatch(/tok_/);
  });

  it('are refused when they have expired', async () => {
    const at = `/customers/${await register()}`;
    const expired = { token: 'tok_ok', expiry: '2026-02' };
    expect(await refusal(send('POST', `${at}/payment-methods`, expired))).toEqual([422, 'PaymentMethodExpired']);
  });
});

describe('an order made with what a customer has', () => {
  it('goes where they live and is paid with what they chose, or with what is named', async () => {
    const id = await register();
    const at = `/customers/${id}`;
    const wish = { lines: [LINE], submit: true };
    expect(await refusal(send('POST', `${at}/orders`, wish))).toEqual([422, 'CurrencyNotChosen']);
    await send('PATCH', `${at}/preferences`, { currency: 'GBP' });
    expect(await refusal(send('POST', `${at}/orders`, wish))).toEqual([422, 'AddressNotChosen']);
    await send('POST', `${at}/addresses`, { label: 'home', address: ADDRESS });
    expect(await refusal(send('POST', `${at}/orders`, wish))).toEqual([422, 'PaymentMethodNotChosen']);
    await send('POST', `${at}/payment-methods`, { token: 'tok_flaky' });
    const { status, body } = await send('POST', `${at}/orders`, wish);
    expect([status, body]).toMatchObject([
      200,
      { status: 'submitted', customerId: id, currency: 'GBP', lines: [LINE] },
    ]);
    const [stored] = await orders.storage.store.readStreamBackwards(`order-${String(body.orderId)}`, 1);
    expect(JSON.parse(stored?.data ?? '')).toMatchObject({ paymentToken: 'tok_flaky', shipTo: ADDRESS });
    expect((await send('POST', `${at}/orders`, { ...wish, currency: 'EUR', submit: false })).body).toMatchObject({
      ...{ status: 'draft', currency: 'EUR' },
    });
  });

  it('is one for one Idempotency-Key', async () => {
    const at = `/customers/${await register()}`;
    await send('POST', `${at}/addresses`, { label: 'home', address: ADDRESS });
    await send('POST', `${at}/payment-methods`, { token: 'tok_ok' });
    const once = { 'idempotency-key': 'checkout-1' };
    const wish = { lines: [LINE], currency: 'EUR', submit: true };
    const first = await send('POST', `${at}/orders`, wish, once);
    expect((await send('POST', `${at}/orders`, wish, once)).body).toEqual(first.body);
  });

  it('is refused to who is not allowed to order', async () => {
    const at = `/customers/${await register()}`;
    await send('POST', `${at}/addresses`, { label: 'home', address: ADDRESS });
    await send('POST', `${at}/payment-methods`, { token: 'tok_ok' });
    await send('POST', `${at}/suspend`, { reason: 'chargeback' });
    const wish = { lines: [LINE], currency: 'EUR', submit: true };
    expect(await refusal(send('POST', `${at}/orders`, wish))).toEqual([409, 'CustomerSuspended']);
  });
});

describe('the points of a customer', () => {
  it('are awarded once for a reference, spent, expired and adjusted, and make the tier', async () => {
    const at = `/customers/${await register()}/loyalty`;
    const award = { points: 1_200, reference: 'o-1' };
    await send('POST', `${at}/award`, award);
    expect((await send('POST', `${at}/award`, award)).body.loyalty).toEqual({
      ...{ points: 1_200, lifetimePoints: 1_200, tier: 'silver' },
    });
    await send('POST', `${at}/redeem`, { points: 200 });
    await send('POST', `${at}/expire`, { points: 100, reason: 'a year is over' });
    expect((await send('POST', `${at}/adjust`, { points: -300, reason: 'returned' })).body.loyalty).toEqual({
      ...{ points: 600, lifetimePoints: 900, tier: 'bronze' },
    });
    expect(await refusal(send('POST', `${at}/redeem`, { points: 601 }))).toEqual([409, 'NotEnoughPoints']);
    expect((await send('POST', `${at}/upgrade`, { tier: 'gold', reason: 'invited' })).body.loyalty).toMatchObject({
      tier: 'gold',
    });
    expect(await refusal(send('POST', `${at}/upgrade`, { tier: 'silver', reason: 'invited' }))).toEqual([
      409,
      'TierNotHigher',
    ]);
  });
});

describe('an order that is delivered', () => {
  const WORDS = [
    ...[stockReserved, paymentAuthorized, shipmentBooked, shipmentDispatched, paymentCaptured, stockCommitted],
    shipmentDelivered,
  ];
  /** All that the others say of an order until it is delivered. */
  const deliver = async (orderId: string): Promise<void> => {
    for (const { name } of WORDS)
      await orders.hear(say({ name }, { ...(contractOf(name)?.example as object), orderId } as never)); // because every example fits its contract
  };

  it('earns its customer points and a tier, whatever is heard again of it', async () => {
    const customerId = await register();
    const lines = [{ ...LINE, unitPriceMinor: 52_000 }];
    const placed = await send('POST', '/orders', { ...ORDER, customerId, lines, submit: true });
    const orderId = String(placed.body.orderId);
    await deliver(orderId);
    await deliver(orderId);
    expect((await send('GET', `/orders/${orderId}`)).body.status).toBe('delivered');
    expect((await send('GET', `/customers/${customerId}`)).body.loyalty).toEqual({
      ...{ points: 1_040, lifetimePoints: 1_040, tier: 'silver' },
    });
  });

  it('is delivered also when its customer has left meanwhile, or never registered', async () => {
    const gone = await register();
    for (const customerId of [gone, 'c-unregistered']) {
      const placed = await send('POST', '/orders', { ...ORDER, customerId, submit: true });
      const orderId = String(placed.body.orderId);
      if (customerId === gone) await send('POST', `/customers/${gone}/deactivate`);
      await deliver(orderId);
      expect((await send('GET', `/orders/${orderId}`)).body.status).toBe('delivered');
    }
    expect((await send('GET', `/customers/${gone}`)).body.loyalty).toMatchObject({ points: 0 });
    expect((await send('GET', '/customers/c-unregistered')).status).toBe(404);
  });
});

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
