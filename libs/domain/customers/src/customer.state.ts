import type { ContactChannel, LoyaltyTier } from '@murmuration/contracts';
import { assert, type Decision, type Instant, type Of } from '@murmuration/kernel';
import type {
  AddressPurpose,
  CustomerEvent,
  CustomerRejection,
  LabelledAddress,
  MarketingChannel,
  PaymentMethod,
  Preferences,
  Profile,
  WishedBy,
} from './customer.messages';

export type CustomerDecision = Decision<CustomerEvent, CustomerRejection>;

/** A code on its way to a contact. */
export type Verification = {
  readonly verificationId: string;
  readonly codeHash: string;
  readonly expiresAt: Instant;
  readonly attemptsLeft: number;
  readonly delivery: 'pending' | 'sent' | 'failed';
};

/** An e-mail address or phone number. A verified one has no code on its way. */
export type Contact = { readonly contact: string } & (
  | { readonly verifiedAt: Instant; readonly verification?: never }
  | { readonly verifiedAt?: never; readonly verification?: Verification }
);

/** How a movement of points is known again. */
export type KnownMovement = { readonly movement: string; readonly points: number };

export type Loyalty = {
  readonly balance: number;
  /** All points ever earned, as corrected by adjustments; spending does not lessen them. */
  readonly lifetime: number;
  readonly tier: LoyaltyTier;
  /** The least tier, whatever the points. */
  readonly granted: LoyaltyTier;
  /** The newest movements, oldest first. */
  readonly known: readonly KnownMovement[];
};

/** Everything that a registered customer has. */
export type Account = {
  readonly registeredAt: Instant;
  readonly profile: Profile;
  readonly contacts: { readonly email: Contact; readonly phone?: Contact };
  /** When codes were last asked for, oldest first. */
  readonly codesRequested: { readonly [Channel in ContactChannel]: readonly Instant[] };
  readonly preferences: Preferences;
  readonly consents: { readonly [Channel in MarketingChannel]?: { readonly granted: boolean; readonly at: Instant } };
  /** In the order in which they were added. */
  readonly addresses: readonly LabelledAddress[];
  readonly defaultAddresses: { readonly [Purpose in AddressPurpose]?: string };
  readonly paymentMethods: readonly PaymentMethod[];
  readonly defaultPaymentMethod?: string;
  readonly loyalty: Loyalty;
};

/** One customer. An id may place orders without being registered; only a suspension or a deactivation keeps it from that. */
export type Customer = { readonly kind: 'customer' } & (
  | { readonly status: 'unregistered' }
  | { readonly status: 'active'; readonly account: Account }
  | { readonly status: 'suspended'; readonly account: Account; readonly reason: string }
  | {
      readonly status: 'deactivated';
      readonly account: Account;
      readonly by: WishedBy;
      readonly reason?: string;
      readonly deactivatedAt: Instant;
      /** Why the customer was suspended at that time; absent when they were not. */
      readonly suspendedFor?: string;
    }
);

export const unregisteredCustomer: Customer = { kind: 'customer', status: 'unregistered' };

export const newAccount = (event: Of<CustomerEvent, 'CustomerRegistered'>): Account => ({
  registeredAt: event.registeredAt,
  profile: { name: event.name },
  contacts: {
    email: { contact: event.email },
    ...(event.phone === undefined ? {} : { phone: { contact: event.phone } }),
  },
  codesRequested: { email: [], phone: [] },
  preferences: {},
  consents: {},
  addresses: [],
  defaultAddresses: {},
  paymentMethods: [],
  loyalty: { balance: 0, lifetime: 0, tier: 'bronze', granted: 'bronze', known: [] },
});

/** The customer with another account, standing as they stood. */
export const withAccount = (customer: Customer, change: (account: Account) => Account): Customer => {
  assert(customer.status !== 'unregistered', 'only a registered customer has an account');
  return { ...customer, account: change(customer.account) };
};
