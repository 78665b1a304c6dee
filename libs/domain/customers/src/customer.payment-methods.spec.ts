import { instant } from '@murmuration/kernel';
import { given, stateAfter } from '@murmuration/testing';
import { customer } from './customer';
import { PAYMENT_METHODS_MAX } from './customer.bounds';
import { about, customerId, now, registered } from './customer.fixture';
import type { CustomerEvent, PaymentMethod } from './customer.messages';

const card: PaymentMethod = {
  paymentMethodId: 'pm-1',
  token: 'tok_ok',
  brand: 'visa',
  last4: '4242',
  expiry: '2026-03',
};
const other: PaymentMethod = { paymentMethodId: 'pm-2', token: 'tok_flaky' };
const APRIL = instant('2026-04-01T00:00:00.000Z');

const add = { type: 'AddPaymentMethod', ...about, ...card, isDefault: false } as const;
const choose = { type: 'SetDefaultPaymentMethod', ...about, paymentMethodId: 'pm-2' } as const;
const remove = { type: 'RemovePaymentMethod', ...about, paymentMethodId: 'pm-1' } as const;

const added = (method: PaymentMethod): CustomerEvent => ({
  ...{ type: 'PaymentMethodAdded', customerId, ...method, addedAt: now },
});
const isDefault = (paymentMethodId: string): CustomerEvent => ({
  ...{ type: 'DefaultPaymentMethodSet', customerId, paymentMethodId, setAt: now },
});
const removed: CustomerEvent = { type: 'PaymentMethodRemoved', customerId, paymentMethodId: 'pm-1', removedAt: now };
const withCard = [registered, added(card), isDefault('pm-1')] as const;
const withBoth = [...withCard, added(other)] as const;

describe('adding a payment method', () => {
  it('makes the first one the default', () =>
    given(customer, registered).when(add).then(added(card), isDefault('pm-1')));
  it('leaves the default as it is, unless told otherwise', () => {
    const second = { type: 'AddPaymentMethod', ...about, ...other } as const;
    given(customer, ...withCard)
      .when({ ...second, isDefault: false })
      .then(added(other));
    given(customer, ...withCard)
      .when({ ...second, isDefault: true })
      .then(added(other), isDefault('pm-2'));
  });
  it('stays quiet when it is there already, even in the month after its last', () =>
    given(customer, ...withCard)
      .when({ ...add, now: APRIL })
      .thenNothing());
  it.each([{ paymentMethodId: 'pm-9' }, { token: 'tok_declined' }])(
    'refuses a token under two ids, and an id for two tokens: %o',
    (changes) =>
      given(customer, ...withCard)
        .when({ ...add, ...changes })
        .thenRejected({ type: 'PaymentMethodAlreadyExists', paymentMethodId: 'pm-1' }),
  );
  it('takes a card in its last month and refuses it after that', () =>
    given(customer, registered)
      .when({ ...add, now: APRIL })
      .thenRejected({ type: 'PaymentMethodExpired', expiry: '2026-03' }));
  it('refuses more than anybody needs', () => {
    const many = Array.from({ length: PAYMENT_METHODS_MAX }, (_, index) =>
      added({ paymentMethodId: `pm-${index + 10}`, token: `tok_${index}` }),
    );
    given(customer, registered, ...many)
      .when(add)
      .thenRejected({ type: 'TooManyPaymentMethods', max: PAYMENT_METHODS_MAX });
  });
});

describe('choosing the default payment method', () => {
  it('takes any that still holds', () =>
    given(customer, ...withBoth)
      .when(choose)
      .then(isDefault('pm-2')));
  it('stays quiet when it is so already', () =>
    given(customer, ...withBoth)
      .when({ ...choose, paymentMethodId: 'pm-1' })
      .thenNothing());
  it('refuses one that has expired', () =>
    given(customer, ...withBoth, isDefault('pm-2'))
      .when({ ...choose, paymentMethodId: 'pm-1', now: APRIL })
      .thenRejected({ type: 'PaymentMethodExpired', expiry: '2026-03' }));
  it('refuses one that is not there', () =>
    given(customer, ...withCard)
      .when(choose)
      .thenRejected({ type: 'PaymentMethodNotFound', paymentMethodId: 'pm-2' }));
});

describe('removing a payment method', () => {
  it('leaves the default to the oldest one left', () =>
    given(customer, ...withBoth)
      .when(remove)
      .then(removed, isDefault('pm-2')));
  it('does not make one the default that has expired', () =>
    given(customer, ...withBoth, isDefault('pm-2'))
      .when({ ...remove, paymentMethodId: 'pm-2', now: APRIL })
      .then({ ...removed, paymentMethodId: 'pm-2', removedAt: APRIL }));
  it('changes no default that was another', () =>
    given(customer, ...withBoth, isDefault('pm-2'))
      .when(remove)
      .then(removed));
  it('leaves no default when it was the last', () => {
    given(customer, ...withCard)
      .when(remove)
      .then(removed);
    expect(stateAfter(customer, ...withCard, removed)).toEqual(stateAfter(customer, registered));
  });
  it('stays quiet when it is not there', () => given(customer, registered).when(remove).thenNothing());
});
