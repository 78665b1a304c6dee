import type { ShipTo } from '@murmuration/contracts';
import type { Currency, Instant } from '@murmuration/kernel';
import type { CustomerRejection } from './customer.messages';
import { expiredAt } from './customer.payment-methods';
import type { Account, Customer } from './customer.state';

/** What of a customer's own an order shall be made with; what is absent is the customer's default. */
export type CheckoutWish = {
  readonly customerId: string;
  readonly addressId?: string;
  readonly paymentMethodId?: string;
  readonly currency?: Currency;
};

export type Checkout = { readonly shipTo: ShipTo; readonly paymentToken: string; readonly currency: Currency };

/** What was looked for, or why there is none. */
type Found<Value> =
  | { readonly found: Value; readonly rejected?: never }
  | { readonly rejected: CustomerRejection; readonly found?: never };

/** Where an order goes, what it is paid with and in which currency, out of what its customer has. */
export const checkoutOf = (wish: CheckoutWish, customer: Customer, now: Instant): Found<Checkout> => {
  const { customerId } = wish;
  if (customer.status === 'unregistered') return { rejected: { type: 'CustomerNotFound', customerId } };
  if (customer.status === 'deactivated') return { rejected: { type: 'CustomerDeactivated', customerId } };
  const { account } = customer;
  const currency = wish.currency ?? account.preferences.currency;
  if (currency === undefined) return { rejected: { type: 'CurrencyNotChosen', customerId } };
  const address = addressFor(wish, account);
  if (address.rejected !== undefined) return address;
  const token = tokenFor(wish, account, now);
  if (token.rejected !== undefined) return token;
  return { found: { shipTo: address.found, paymentToken: token.found, currency } };
};

const addressFor = (
  { customerId, addressId: wished }: CheckoutWish,
  { addresses, defaultAddresses }: Account,
): Found<ShipTo> => {
  const addressId = wished ?? defaultAddresses.shipping;
  if (addressId === undefined) return { rejected: { type: 'AddressNotChosen', customerId } };
  const known = addresses.find((each) => each.addressId === addressId);
  return known === undefined ? { rejected: { type: 'AddressNotFound', addressId } } : { found: known.address };
};

const tokenFor = (
  { customerId, paymentMethodId: wished }: CheckoutWish,
  { paymentMethods, defaultPaymentMethod }: Account,
  now: Instant,
): Found<string> => {
  const paymentMethodId = wished ?? defaultPaymentMethod;
  if (paymentMethodId === undefined) return { rejected: { type: 'PaymentMethodNotChosen', customerId } };
  const known = paymentMethods.find((each) => each.paymentMethodId === paymentMethodId);
  if (known === undefined) return { rejected: { type: 'PaymentMethodNotFound', paymentMethodId } };
  const expiry = expiredAt(known, now);
  return expiry === undefined ? { found: known.token } : { rejected: { type: 'PaymentMethodExpired', expiry } };
};
