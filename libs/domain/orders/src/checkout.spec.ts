import type { CustomerEvent } from '@murmuration/domain-customers';
import { given } from '@murmuration/testing';
import { ordersModel } from './model';
import { basket, customerId, deadlineMs, drafted, now, orderId, submitted, tea } from './order.fixture';

const { lines, shipTo } = basket;
const checkOut = { type: 'CheckOut', orderId, customerId, lines, submit: true, deadlineMs, now } as const;

const history: readonly CustomerEvent[] = [
  { type: 'CustomerRegistered', customerId, name: 'Ada Byron', email: 'ada@example.org', registeredAt: now },
  { type: 'CustomerAddressAdded', customerId, addressId: 'a-1', label: 'home', address: shipTo, addedAt: now },
  { type: 'DefaultAddressSet', customerId, addressId: 'a-1', purpose: 'shipping', setAt: now },
  { type: 'PaymentMethodAdded', customerId, paymentMethodId: 'pm-1', token: 'tok_ok', addedAt: now },
  { type: 'DefaultPaymentMethodSet', customerId, paymentMethodId: 'pm-1', setAt: now },
  { type: 'CustomerPreferencesChanged', customerId, currency: 'EUR', changedAt: now },
];
const suspended: CustomerEvent = { type: 'CustomerSuspended', customerId, reason: 'chargeback', suspendedAt: now };

describe('checking out', () => {
  it('submits an order with what the customer has', () =>
    given(ordersModel, ...history)
      .when(checkOut)
      .then(submitted));
  it('drafts one that is not to be submitted yet', () =>
    given(ordersModel, ...history)
      .when({ ...checkOut, submit: false })
      .then(drafted));
  it('refuses what the customer does not have', () =>
    given(ordersModel, ...history)
      .when({ ...checkOut, addressId: 'a-9' })
      .thenRejected({ type: 'AddressNotFound', addressId: 'a-9' }));
  it('refuses a suspended customer as any order does', () =>
    given(ordersModel, ...history, suspended)
      .when(checkOut)
      .thenRejected({ type: 'CustomerSuspended', customerId }));
  it('refuses lines as any order does', () =>
    given(ordersModel, ...history)
      .when({ ...checkOut, lines: [tea, { ...tea, unitPriceMinor: 1 }] })
      .thenRejected({ type: 'LinePriceDiffers', sku: tea.sku, unitPriceMinor: tea.unitPriceMinor }));
  it('refuses the id of an order that is there', () =>
    given(ordersModel, ...history, drafted)
      .when(checkOut)
      .thenRejected({ type: 'OrderAlreadyExists', orderId }));
});
