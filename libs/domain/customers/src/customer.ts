import { reject, unreachable, type Decider } from '@murmuration/kernel';
import { decideAddresses, evolveAddresses } from './customer.addresses';
import { decideContacts, evolveContacts } from './customer.contacts';
import { decideLoyalty, evolveLoyalty } from './customer.loyalty';
import type { CustomerCommand, CustomerEvent, CustomerRejection } from './customer.messages';
import { decidePaymentMethods, evolvePaymentMethods } from './customer.payment-methods';
import { decideProfile, evolveProfile } from './customer.profile';
import { decideStanding, evolveStanding, type StandingCommand } from './customer.standing';
import {
  unregisteredCustomer,
  withAccount,
  type Account,
  type Customer,
  type CustomerDecision,
} from './customer.state';

const decide = (command: CustomerCommand, customer: Customer): CustomerDecision => {
  switch (command.type) {
    case 'RegisterCustomer':
    case 'SuspendCustomer':
    case 'ReactivateCustomer':
    case 'DeactivateCustomer':
      return decideStanding(command, customer);
    default:
      return decideRegistered(command, customer);
  }
};

type AccountCommand = Exclude<CustomerCommand, StandingCommand>;

/** A suspended customer may still put their things in order, but not spend; a deactivated one may do nothing but come back. */
const decideRegistered = (command: AccountCommand, customer: Customer): CustomerDecision => {
  const { type, customerId } = command;
  if (customer.status === 'unregistered') return reject({ type: 'CustomerNotFound', customerId });
  // What happened to a code is a fact, whoever has gone meanwhile.
  if (customer.status === 'deactivated' && type !== 'RecordCodeDelivery')
    return reject({ type: 'CustomerDeactivated', customerId });
  if (customer.status === 'suspended' && type === 'RedeemLoyaltyPoints')
    return reject({ type: 'CustomerSuspended', customerId });
  return decideAccount(command, customer.account);
};

const decideAccount = (command: AccountCommand, account: Account): CustomerDecision => {
  switch (command.type) {
    case 'UpdateProfile':
    case 'ChangePreferences':
    case 'SetMarketingConsent':
      return decideProfile(command, account);
    case 'ChangeEmail':
    case 'ChangePhone':
    case 'RemovePhone':
    case 'RequestVerification':
    case 'ConfirmVerification':
    case 'RecordCodeDelivery':
      return decideContacts(command, account);
    case 'AddAddress':
    case 'ChangeAddress':
    case 'RemoveAddress':
    case 'SetDefaultAddress':
      return decideAddresses(command, account);
    case 'AddPaymentMethod':
    case 'RemovePaymentMethod':
    case 'SetDefaultPaymentMethod':
      return decidePaymentMethods(command, account);
    case 'AwardLoyaltyPoints':
    case 'RedeemLoyaltyPoints':
    case 'ExpireLoyaltyPoints':
    case 'AdjustLoyaltyPoints':
    case 'UpgradeTier':
      return decideLoyalty(command, account);
    default:
      return unreachable(command);
  }
};

const evolve = (customer: Customer, event: CustomerEvent): Customer => {
  switch (event.type) {
    case 'CustomerRegistered':
    case 'CustomerSuspended':
    case 'CustomerReactivated':
    case 'CustomerDeactivated':
      return evolveStanding(customer, event);
    case 'CustomerProfileUpdated':
    case 'CustomerPreferencesChanged':
    case 'MarketingConsentGiven':
    case 'MarketingConsentWithdrawn':
      return withAccount(customer, (account) => evolveProfile(account, event));
    case 'CustomerEmailChanged':
    case 'CustomerPhoneChanged':
    case 'CustomerPhoneRemoved':
    case 'ContactVerificationRequested':
    case 'VerificationCodeSent':
    case 'VerificationCodeNotSent':
    case 'ContactVerificationFailed':
    case 'ContactVerified':
      return withAccount(customer, (account) => evolveContacts(account, event));
    case 'CustomerAddressAdded':
    case 'CustomerAddressChanged':
    case 'CustomerAddressRemoved':
    case 'DefaultAddressSet':
      return withAccount(customer, (account) => evolveAddresses(account, event));
    case 'PaymentMethodAdded':
    case 'PaymentMethodRemoved':
    case 'DefaultPaymentMethodSet':
      return withAccount(customer, (account) => evolvePaymentMethods(account, event));
    case 'LoyaltyPointsEarned':
    case 'LoyaltyPointsRedeemed':
    case 'LoyaltyPointsExpired':
    case 'LoyaltyPointsAdjusted':
    case 'CustomerTierGranted':
    case 'CustomerTierChanged':
      return withAccount(customer, (account) => evolveLoyalty(account, event));
    default:
      return unreachable(event);
  }
};

/** What keeps a customer from placing orders, if anything does. Whoever never registered may. */
export const refusedToOrder = (
  { status }: Customer,
  customerId: string,
): Extract<CustomerRejection, { readonly type: 'CustomerSuspended' | 'CustomerDeactivated' }> | undefined => {
  if (status === 'suspended') return { type: 'CustomerSuspended', customerId };
  return status === 'deactivated' ? { type: 'CustomerDeactivated', customerId } : undefined;
};

export const customer: Decider<CustomerCommand, CustomerEvent, Customer, CustomerRejection> = {
  initial: unregisteredCustomer,
  decide,
  evolve,
};
