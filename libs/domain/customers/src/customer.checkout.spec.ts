import { instant } from '@murmuration/kernel';
import { stateAfter } from '@murmuration/testing';
import { customer } from './customer';
import { checkoutOf } from './customer.checkout';
import { address, customerId, deactivated, now, registered } from './customer.fixture';
import type { CustomerEvent } from './customer.messages';

const home: CustomerEvent = {
  ...{ type: 'CustomerAddressAdded', customerId, addressId: 'a-home', label: 'home', address, addedAt: now },
};
const elsewhere = { ...address, street: 'Ring 1' };
const work: CustomerEvent = { ...home, addressId: 'a-work', label: 'work', address: elsewhere };
const shipHome: CustomerEvent = {
  ...{ type: 'DefaultAddressSet', customerId, addressId: 'a-home', purpose: 'shipping', setAt: now },
};
const card: CustomerEvent = {
  ...{
    type: 'PaymentMethodAdded',
    customerId,
    paymentMethodId: 'pm-1',
    token: 'tok_ok',
    expiry: '2026-03',
    addedAt: now,
  },
};
const other: CustomerEvent = {
  ...{ type: 'PaymentMethodAdded', customerId, paymentMethodId: 'pm-2', token: 'tok_flaky', addedAt: now },
};
const payByCard: CustomerEvent = { type: 'DefaultPaymentMethodSet', customerId, paymentMethodId: 'pm-1', setAt: now };
const inEuro: CustomerEvent = { type: 'CustomerPreferencesChanged', customerId, currency: 'EUR', changedAt: now };
const ALL = [registered, home, work, shipHome, card, other, payByCard, inEuro];

const checkOut = (
  history: readonly CustomerEvent[],
  wish: Omit<Parameters<typeof checkoutOf>[0], 'customerId'> = {},
  at = now,
) => checkoutOf({ customerId, ...wish }, stateAfter(customer, ...history), at);
const without = (event: CustomerEvent): readonly CustomerEvent[] => ALL.filter((each) => each !== event);

describe('checking out', () => {
  it('takes the customer’s defaults', () => {
    expect(checkOut(ALL)).toEqual({ found: { shipTo: address, paymentToken: 'tok_ok', currency: 'EUR' } });
  });
  it('takes what is named instead', () => {
    const wish = { addressId: 'a-work', paymentMethodId: 'pm-2', currency: 'GBP' } as const;
    expect(checkOut(ALL, wish)).toEqual({
      found: { shipTo: elsewhere, paymentToken: 'tok_flaky', currency: 'GBP' },
    });
  });
  it.each([
    ['an address', shipHome, 'AddressNotChosen'],
    ['a payment method', payByCard, 'PaymentMethodNotChosen'],
    ['a currency', inEuro, 'CurrencyNotChosen'],
  ])('is refused without %s where there is no default', (_what, missing, type) => {
    expect(checkOut(without(missing))).toEqual({ rejected: { type, customerId } });
  });
  it('is refused with what the customer does not have', () => {
    expect(checkOut(ALL, { addressId: 'a-9' })).toEqual({ rejected: { type: 'AddressNotFound', addressId: 'a-9' } });
    expect(checkOut(ALL, { paymentMethodId: 'pm-9' })).toEqual({
      rejected: { type: 'PaymentMethodNotFound', paymentMethodId: 'pm-9' },
    });
  });
  it('is refused with a default that has expired meanwhile', () => {
    expect(checkOut(ALL, {}, instant('2026-04-01T00:00:00.000Z'))).toEqual({
      rejected: { type: 'PaymentMethodExpired', expiry: '2026-03' },
    });
  });
  it('is refused to who has left, and to who was never there', () => {
    expect(checkOut([...ALL, deactivated])).toEqual({ rejected: { type: 'CustomerDeactivated', customerId } });
    expect(checkOut([])).toEqual({ rejected: { type: 'CustomerNotFound', customerId } });
  });
});
