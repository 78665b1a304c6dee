import { contractOf, type Heard, type IntegrationData, type IntegrationEventName } from '@murmuration/contracts';
import { unreachable, type Fold, type Instant } from '@murmuration/kernel';

/** One row of the view of customers: what the flock may know of one, without a name or an address. What is not known is absent. */
export type CustomerRow = {
  readonly customerId: string;
  readonly status: 'active' | 'suspended' | 'deactivated';
  readonly tier: IntegrationData<'orders.customer-tier-changed.v1'>['to'];
  readonly emailVerified: boolean;
  readonly phoneVerified: boolean;
  readonly registeredAt?: Instant;
  /** Why and since when the customer is suspended; both are absent when they are not. */
  readonly suspendedFor?: string;
  readonly suspendedAt?: Instant;
  readonly deactivatedBy?: IntegrationData<'orders.customer-deactivated.v1'>['by'];
  readonly deactivatedAt?: Instant;
  /** When the newest thing was said of the customer. */
  readonly updatedAt: Instant;
};

/** The events that are about one customer. */
export type CustomerEventName = Extract<IntegrationEventName, `orders.customer-${string}`>;

/** Something heard of one customer, told apart by its name. */
export type HeardOfCustomer = {
  [Name in CustomerEventName]: { readonly name: Name; readonly data: IntegrationData<Name> };
}[CustomerEventName];

const isOfCustomer = (heard: Heard): heard is Heard & HeardOfCustomer => contractOf(heard.name)?.key === 'customerId';

/** The customer that an event is about, if it is about one. */
export const customerIdOf = (heard: Heard): string | undefined =>
  isOfCustomer(heard) ? heard.data.customerId : undefined;

/**
 * Folds what is said of one customer. It comes from one stream and arrives as it was said, so the last word counts. Saying the last
 * word again changes nothing.
 */
export const customerViewFold: Fold<CustomerRow | undefined, Heard> = {
  initial: undefined,
  evolve: (row, heard) => (isOfCustomer(heard) ? evolve(row ?? unknown(heard.data.customerId), heard) : row),
};

/** Of whom something is heard before it is heard that they registered. */
const unknown = (customerId: string): Omit<CustomerRow, 'updatedAt'> => ({
  ...{ customerId, status: 'active', tier: 'bronze', emailVerified: false, phoneVerified: false },
});

const evolve = (row: Omit<CustomerRow, 'updatedAt'>, { name, data }: HeardOfCustomer): CustomerRow => {
  switch (name) {
    case 'orders.customer-registered.v1':
      return { ...row, registeredAt: data.registeredAt, updatedAt: data.registeredAt };
    case 'orders.customer-contact-verified.v1':
      return { ...row, ...verified(data.channel, true), updatedAt: data.verifiedAt };
    case 'orders.customer-contact-changed.v1':
      return { ...row, ...verified(data.channel, false), updatedAt: data.changedAt };
    case 'orders.customer-suspended.v1': {
      const { reason: suspendedFor, suspendedAt } = data;
      return { ...row, status: 'suspended', suspendedFor, suspendedAt, updatedAt: suspendedAt };
    }
    case 'orders.customer-deactivated.v1': {
      const { by: deactivatedBy, deactivatedAt } = data;
      return { ...row, status: 'deactivated', deactivatedBy, deactivatedAt, updatedAt: deactivatedAt };
    }
    case 'orders.customer-reactivated.v1': {
      const { suspendedFor: _, suspendedAt: __, deactivatedBy: ___, deactivatedAt: ____, ...known } = row;
      return { ...known, status: 'active', updatedAt: data.reactivatedAt };
    }
    case 'orders.customer-tier-changed.v1':
      return { ...row, tier: data.to, updatedAt: data.changedAt };
    default:
      return unreachable(name);
  }
};

const verified = (
  channel: IntegrationData<'orders.customer-contact-verified.v1'>['channel'],
  is: boolean,
): Partial<CustomerRow> => (channel === 'email' ? { emailVerified: is } : { phoneVerified: is });
