import { plusMs } from '@murmuration/kernel';
import { ada, ADDRESS, ORDER, ordersForCustomers, refusal, START } from './customers.fixture';

let orders: Awaited<ReturnType<typeof ordersForCustomers>>;
let send: (typeof orders)['send'];
let register: (typeof orders)['register'];
beforeAll(async () => {
  orders = await ordersForCustomers();
  ({ send, register } = orders);
});
afterAll(() => orders.close());
beforeEach(() => orders.setNow(START));

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
    orders.setNow(plusMs(START, 31 * 24 * 60 * 60 * 1_000));
    expect(await refusal(send('POST', `/customers/${id}/reactivate`))).toEqual([409, 'DeactivationIsFinal']);
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
