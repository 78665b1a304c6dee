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
import { ADDRESS, LINE, ORDER, ordersForCustomers, refusal } from './customers.fixture';

let orders: Awaited<ReturnType<typeof ordersForCustomers>>;
let send: (typeof orders)['send'];
let register: (typeof orders)['register'];
beforeAll(async () => {
  orders = await ordersForCustomers();
  ({ send, register } = orders);
});
afterAll(() => orders.close());

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
    const { status, body, headers } = await send('POST', `${at}/orders`, wish);
    expect([status, body]).toMatchObject([
      201,
      { status: 'submitted', customerId: id, currency: 'GBP', lines: [LINE] },
    ]);
    expect(headers['location']).toBe(`/v1/orders/${String(body.orderId)}`);
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
