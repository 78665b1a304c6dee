import {
  customerContactChanged,
  customerContactVerified,
  customerDeactivated,
  customerReactivated,
  customerRegistered,
  customerSuspended,
  customerTierChanged,
  say,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { unreachable } from '@murmuration/kernel';
import type { CustomerEvent } from './customer.messages';

/** What the others are told of a customer: never a name, an address, a number or a token. */
export const announceCustomer = (event: CustomerEvent): IntegrationEvent | undefined => {
  const { customerId } = event;
  switch (event.type) {
    case 'CustomerRegistered':
      return say(customerRegistered, { customerId, registeredAt: event.registeredAt });
    case 'CustomerSuspended':
      return say(customerSuspended, { customerId, reason: event.reason, suspendedAt: event.suspendedAt });
    case 'CustomerReactivated':
      return say(customerReactivated, { customerId, reactivatedAt: event.reactivatedAt });
    case 'CustomerDeactivated':
      return say(customerDeactivated, { customerId, by: event.by, deactivatedAt: event.deactivatedAt });
    case 'ContactVerified':
      return say(customerContactVerified, { customerId, channel: event.channel, verifiedAt: event.verifiedAt });
    case 'CustomerEmailChanged':
      return say(customerContactChanged, { customerId, channel: 'email', changedAt: event.changedAt });
    case 'CustomerPhoneChanged':
      return say(customerContactChanged, { customerId, channel: 'phone', changedAt: event.changedAt });
    case 'CustomerPhoneRemoved':
      return say(customerContactChanged, { customerId, channel: 'phone', changedAt: event.removedAt });
    case 'CustomerTierChanged': {
      const { from, to, changedAt } = event;
      return say(customerTierChanged, { customerId, from, to, changedAt });
    }
    case 'CustomerProfileUpdated':
    case 'CustomerPreferencesChanged':
    case 'MarketingConsentGiven':
    case 'MarketingConsentWithdrawn':
    case 'ContactVerificationRequested':
    case 'VerificationCodeSent':
    case 'VerificationCodeNotSent':
    case 'ContactVerificationFailed':
    case 'CustomerAddressAdded':
    case 'CustomerAddressChanged':
    case 'CustomerAddressRemoved':
    case 'DefaultAddressSet':
    case 'PaymentMethodAdded':
    case 'PaymentMethodRemoved':
    case 'DefaultPaymentMethodSet':
    case 'LoyaltyPointsEarned':
    case 'LoyaltyPointsRedeemed':
    case 'LoyaltyPointsExpired':
    case 'LoyaltyPointsAdjusted':
    case 'CustomerTierGranted':
      return undefined;
    default:
      return unreachable(event);
  }
};
