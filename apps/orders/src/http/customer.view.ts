import type { Account, Customer } from '@murmuration/domain-customers';
import { assert } from '@murmuration/kernel';
import type { View } from '@murmuration/platform';
import type { z } from 'zod';
import { addressPurpose, contactChannel, type shownCustomer } from './customer.schemas';

type Shown = z.infer<typeof shownCustomer>;

const contactsOf = ({ contacts: { email, phone } }: Account) => ({
  email: email.contact,
  emailVerified: email.verifiedAt !== undefined,
  ...(phone === undefined ? {} : { phone: phone.contact }),
  phoneVerified: phone?.verifiedAt !== undefined,
});

const verificationsOf = ({ contacts }: Account): Shown['verifications'] =>
  contactChannel.options.flatMap((channel) => {
    const verification = contacts[channel]?.verification;
    if (verification === undefined) return [];
    const { expiresAt, attemptsLeft, delivery } = verification;
    return [{ channel, expiresAt, attemptsLeft, delivery }];
  });

const addressesOf = ({ addresses, defaultAddresses }: Account): Shown['addresses'] =>
  addresses.map((each) => ({
    ...each,
    defaultFor: addressPurpose.options.filter((purpose) => defaultAddresses[purpose] === each.addressId),
  }));

const paymentMethodsOf = ({ paymentMethods, defaultPaymentMethod }: Account): Shown['paymentMethods'] =>
  paymentMethods.map(({ token: _, ...method }) => ({
    ...method,
    isDefault: method.paymentMethodId === defaultPaymentMethod,
  }));

const standingOf = (customer: Customer) => {
  switch (customer.status) {
    case 'suspended':
      return { reason: customer.reason };
    case 'deactivated': {
      const { by, reason, deactivatedAt } = customer;
      return { deactivatedBy: by, deactivatedAt, ...(reason === undefined ? {} : { reason }) };
    }
    default:
      return {};
  }
};

export const customerView: View<Customer> = (customer, { id, version }): Shown => {
  assert(customer.status !== 'unregistered', 'a customer that was written');
  const { account } = customer;
  const { balance, lifetime, tier } = account.loyalty;
  return {
    ...{ customerId: id, version, status: customer.status },
    ...standingOf(customer),
    registeredAt: account.registeredAt,
    ...account.profile,
    ...contactsOf(account),
    verifications: verificationsOf(account),
    preferences: account.preferences,
    consents: account.consents,
    addresses: addressesOf(account),
    paymentMethods: paymentMethodsOf(account),
    loyalty: { points: balance, lifetimePoints: lifetime, tier },
  };
};
