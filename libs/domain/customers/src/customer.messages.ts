import type { ContactChannel, LoyaltyTier, ShipTo, WishedBy } from '@murmuration/contracts';
import type { Currency, Instant } from '@murmuration/kernel';

export type { ContactChannel, LoyaltyTier, WishedBy } from '@murmuration/contracts';

export const customerStream = (customerId: string): string => `customer-${customerId}`;

export type AddressPurpose = 'shipping' | 'billing';
export type MarketingChannel = 'email' | 'phone' | 'post';

export type Profile = { readonly name: string; readonly company?: string };

/** What a customer calls an address, and the address itself. */
export type LabelledAddress = { readonly addressId: string; readonly label: string; readonly address: ShipTo };

/** What the payment provider gave for a card or an account, never the number itself. */
export type PaymentMethod = {
  readonly paymentMethodId: string;
  readonly token: string;
  readonly brand?: string;
  readonly last4?: string;
  /** The last month in which it holds, e.g. `2028-04`. */
  readonly expiry?: string;
};

/** Absent where the customer has not chosen. */
export type Preferences = { readonly language?: string; readonly currency?: Currency };

/** A movement of points; one said again under the same reference is the same. */
type Movement = { readonly reference: string; readonly points: number };

export type CustomerCommand = { readonly customerId: string; readonly now: Instant } & (
  | { readonly type: 'RegisterCustomer'; readonly name: string; readonly email: string; readonly phone?: string }
  | { readonly type: 'SuspendCustomer'; readonly reason: string }
  | { readonly type: 'ReactivateCustomer'; readonly by: WishedBy }
  | { readonly type: 'DeactivateCustomer'; readonly by: WishedBy; readonly reason?: string }
  /** A company of null is none. What is absent stays as it is. */
  | { readonly type: 'UpdateProfile'; readonly name?: string; readonly company?: string | null }
  | { readonly type: 'ChangeEmail'; readonly email: string }
  | { readonly type: 'ChangePhone'; readonly phone: string }
  | { readonly type: 'RemovePhone' }
  /** What is absent stays as it is. */
  | { readonly type: 'ChangePreferences'; readonly language?: string; readonly currency?: Currency }
  | { readonly type: 'SetMarketingConsent'; readonly channel: MarketingChannel; readonly granted: boolean }
  | {
      readonly type: 'RequestVerification';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      /** Of the code that will be sent; the code itself is nobody's but the customer's. */
      readonly codeHash: string;
    }
  | { readonly type: 'ConfirmVerification'; readonly channel: ContactChannel; readonly codeHash: string }
  | {
      readonly type: 'RecordCodeDelivery';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      /** Why it was not sent; absent when it was. */
      readonly failure?: string;
    }
  | ({ readonly type: 'AddAddress'; readonly defaultFor: readonly AddressPurpose[] } & LabelledAddress)
  | ({ readonly type: 'ChangeAddress' } & LabelledAddress)
  | { readonly type: 'RemoveAddress'; readonly addressId: string }
  | { readonly type: 'SetDefaultAddress'; readonly addressId: string; readonly purpose: AddressPurpose }
  | ({ readonly type: 'AddPaymentMethod'; readonly isDefault: boolean } & PaymentMethod)
  | { readonly type: 'RemovePaymentMethod'; readonly paymentMethodId: string }
  | { readonly type: 'SetDefaultPaymentMethod'; readonly paymentMethodId: string }
  | ({ readonly type: 'AwardLoyaltyPoints'; readonly reason?: string } & Movement)
  | ({ readonly type: 'RedeemLoyaltyPoints' } & Movement)
  | ({ readonly type: 'ExpireLoyaltyPoints'; readonly reason: string } & Movement)
  /** Points above zero are added and below zero taken away, as if they had always or never been earned. */
  | ({ readonly type: 'AdjustLoyaltyPoints'; readonly reason: string } & Movement)
  | { readonly type: 'UpgradeTier'; readonly tier: LoyaltyTier; readonly reason: string }
);

/** What happened to one customer. Stored shape. */
export type CustomerEvent = { readonly customerId: string } & (
  | {
      readonly type: 'CustomerRegistered';
      readonly name: string;
      readonly email: string;
      readonly phone?: string;
      readonly registeredAt: Instant;
    }
  | { readonly type: 'CustomerSuspended'; readonly reason: string; readonly suspendedAt: Instant }
  | { readonly type: 'CustomerReactivated'; readonly reactivatedAt: Instant }
  | {
      readonly type: 'CustomerDeactivated';
      readonly by: WishedBy;
      readonly reason?: string;
      readonly deactivatedAt: Instant;
    }
  /** The whole profile as it is now. */
  | ({ readonly type: 'CustomerProfileUpdated'; readonly updatedAt: Instant } & Profile)
  | { readonly type: 'CustomerEmailChanged'; readonly email: string; readonly changedAt: Instant }
  | { readonly type: 'CustomerPhoneChanged'; readonly phone: string; readonly changedAt: Instant }
  | { readonly type: 'CustomerPhoneRemoved'; readonly removedAt: Instant }
  /** All preferences as they are now. */
  | ({ readonly type: 'CustomerPreferencesChanged'; readonly changedAt: Instant } & Preferences)
  | { readonly type: 'MarketingConsentGiven'; readonly channel: MarketingChannel; readonly givenAt: Instant }
  | { readonly type: 'MarketingConsentWithdrawn'; readonly channel: MarketingChannel; readonly withdrawnAt: Instant }
  | {
      readonly type: 'ContactVerificationRequested';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      /** The e-mail address or phone number that the code goes to. */
      readonly contact: string;
      readonly codeHash: string;
      readonly requestedAt: Instant;
      readonly expiresAt: Instant;
    }
  | {
      readonly type: 'VerificationCodeSent';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      readonly sentAt: Instant;
    }
  | {
      readonly type: 'VerificationCodeNotSent';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      readonly reason: string;
      readonly since: Instant;
    }
  /** A wrong code was given. */
  | {
      readonly type: 'ContactVerificationFailed';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      readonly attemptsLeft: number;
      readonly failedAt: Instant;
    }
  | {
      readonly type: 'ContactVerified';
      readonly channel: ContactChannel;
      readonly verificationId: string;
      readonly verifiedAt: Instant;
    }
  | ({ readonly type: 'CustomerAddressAdded'; readonly addedAt: Instant } & LabelledAddress)
  | ({ readonly type: 'CustomerAddressChanged'; readonly changedAt: Instant } & LabelledAddress)
  | { readonly type: 'CustomerAddressRemoved'; readonly addressId: string; readonly removedAt: Instant }
  | {
      readonly type: 'DefaultAddressSet';
      readonly addressId: string;
      readonly purpose: AddressPurpose;
      readonly setAt: Instant;
    }
  | ({ readonly type: 'PaymentMethodAdded'; readonly addedAt: Instant } & PaymentMethod)
  | { readonly type: 'PaymentMethodRemoved'; readonly paymentMethodId: string; readonly removedAt: Instant }
  | { readonly type: 'DefaultPaymentMethodSet'; readonly paymentMethodId: string; readonly setAt: Instant }
  | ({ readonly type: 'LoyaltyPointsEarned'; readonly reason?: string; readonly earnedAt: Instant } & Movement)
  | ({ readonly type: 'LoyaltyPointsRedeemed'; readonly redeemedAt: Instant } & Movement)
  | ({ readonly type: 'LoyaltyPointsExpired'; readonly reason: string; readonly expiredAt: Instant } & Movement)
  | ({ readonly type: 'LoyaltyPointsAdjusted'; readonly reason: string; readonly adjustedAt: Instant } & Movement)
  /** From now on the customer has at least this tier, whatever their points. */
  | {
      readonly type: 'CustomerTierGranted';
      readonly tier: LoyaltyTier;
      readonly reason: string;
      readonly grantedAt: Instant;
    }
  | {
      readonly type: 'CustomerTierChanged';
      readonly from: LoyaltyTier;
      readonly to: LoyaltyTier;
      readonly changedAt: Instant;
    }
);

export type CustomerRejection =
  | { readonly type: 'CustomerNotFound'; readonly customerId: string }
  /** The id belongs to a customer with another name, e-mail address or phone number. */
  | { readonly type: 'CustomerAlreadyRegistered'; readonly customerId: string }
  | { readonly type: 'CustomerSuspended'; readonly customerId: string }
  | { readonly type: 'CustomerDeactivated'; readonly customerId: string }
  /** Only an operator may undo what an operator did. */
  | { readonly type: 'DeactivatedByOperator'; readonly customerId: string }
  /** The time in which a deactivated customer may come back is over. */
  | { readonly type: 'DeactivationIsFinal'; readonly customerId: string; readonly since: Instant }
  | { readonly type: 'PhoneNotKnown'; readonly customerId: string }
  | { readonly type: 'VerificationTooSoon'; readonly channel: ContactChannel; readonly retryAt: Instant }
  | { readonly type: 'TooManyVerifications'; readonly channel: ContactChannel; readonly retryAt: Instant }
  | { readonly type: 'VerificationNotRequested'; readonly channel: ContactChannel }
  | { readonly type: 'VerificationExpired'; readonly channel: ContactChannel; readonly expiredAt: Instant }
  /** Too many wrong codes were given; another code can be asked for. */
  | { readonly type: 'VerificationClosed'; readonly channel: ContactChannel }
  /** The attempt is counted, so it is not the decision that says so but what reads the state after it: see `wrongCode`. */
  | { readonly type: 'VerificationCodeWrong'; readonly channel: ContactChannel; readonly attemptsLeft: number }
  | { readonly type: 'AddressNotFound'; readonly addressId: string }
  | { readonly type: 'AddressAlreadyExists'; readonly addressId: string }
  | { readonly type: 'AddressLabelTaken'; readonly label: string }
  | { readonly type: 'TooManyAddresses'; readonly max: number }
  /** Nothing was named, and there is no default. */
  | { readonly type: 'AddressNotChosen'; readonly customerId: string }
  | { readonly type: 'PaymentMethodNotChosen'; readonly customerId: string }
  | { readonly type: 'CurrencyNotChosen'; readonly customerId: string }
  | { readonly type: 'PaymentMethodNotFound'; readonly paymentMethodId: string }
  | { readonly type: 'PaymentMethodAlreadyExists'; readonly paymentMethodId: string }
  | { readonly type: 'PaymentMethodExpired'; readonly expiry: string }
  | { readonly type: 'TooManyPaymentMethods'; readonly max: number }
  | { readonly type: 'NotEnoughPoints'; readonly points: number; readonly balance: number }
  | { readonly type: 'PointsOutOfBounds'; readonly max: number }
  /** The reference stands for another number of points. */
  | { readonly type: 'ReferenceAlreadyUsed'; readonly reference: string }
  | { readonly type: 'TierNotHigher'; readonly tier: LoyaltyTier };
