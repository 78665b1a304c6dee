import {
  address,
  customerId,
  deactivated,
  now,
  phoneSet,
  reactivated,
  registered,
  suspended,
} from './customer.fixture';
import type { CustomerEvent } from './customer.messages';

const addressId = 'a-1';
const paymentMethodId = 'pm-1';
const verification = { customerId, channel: 'email', verificationId: 'v-1' } as const;
const movement = { customerId, reference: 'o-1', points: 10 };

/** One event of every type. */
export const EXAMPLES: readonly CustomerEvent[] = [
  ...[registered, suspended, reactivated, deactivated, phoneSet],
  { type: 'CustomerPhoneRemoved', customerId, removedAt: now },
  { type: 'CustomerEmailChanged', customerId, email: 'ada@example.org', changedAt: now },
  { type: 'CustomerProfileUpdated', customerId, name: 'Ada Byron', company: 'Analytical Engines', updatedAt: now },
  { type: 'CustomerPreferencesChanged', customerId, language: 'de-AT', changedAt: now },
  { type: 'MarketingConsentGiven', customerId, channel: 'email', givenAt: now },
  { type: 'MarketingConsentWithdrawn', customerId, channel: 'email', withdrawnAt: now },
  {
    ...{ type: 'ContactVerificationRequested', ...verification, contact: 'ada@example.org', codeHash: 'hash' },
    ...{ requestedAt: now, expiresAt: now },
  },
  { type: 'VerificationCodeSent', ...verification, sentAt: now },
  { type: 'VerificationCodeNotSent', ...verification, reason: 'no courier is set up', since: now },
  { type: 'ContactVerificationFailed', ...verification, attemptsLeft: 4, failedAt: now },
  { type: 'ContactVerified', ...verification, verifiedAt: now },
  { type: 'CustomerAddressAdded', customerId, addressId, label: 'home', address, addedAt: now },
  { type: 'CustomerAddressChanged', customerId, addressId, label: 'Home', address, changedAt: now },
  { type: 'CustomerAddressRemoved', customerId, addressId, removedAt: now },
  { type: 'DefaultAddressSet', customerId, addressId, purpose: 'shipping', setAt: now },
  { type: 'PaymentMethodAdded', customerId, paymentMethodId, token: 'tok_ok', addedAt: now },
  { type: 'PaymentMethodRemoved', customerId, paymentMethodId, removedAt: now },
  { type: 'DefaultPaymentMethodSet', customerId, paymentMethodId, setAt: now },
  { type: 'LoyaltyPointsEarned', ...movement, earnedAt: now },
  { type: 'LoyaltyPointsRedeemed', ...movement, redeemedAt: now },
  { type: 'LoyaltyPointsExpired', ...movement, reason: 'a year is over', expiredAt: now },
  { type: 'LoyaltyPointsAdjusted', ...movement, reason: 'goodwill', adjustedAt: now },
  { type: 'CustomerTierGranted', customerId, tier: 'gold', reason: 'invited', grantedAt: now },
  { type: 'CustomerTierChanged', customerId, from: 'bronze', to: 'gold', changedAt: now },
];
