import type { Instant } from '@murmuration/kernel';

export const customerStream = (customerId: string): string => `customer-${customerId}`;

export type CustomerCommand =
  | {
      readonly type: 'RegisterCustomer';
      readonly customerId: string;
      readonly name: string;
      readonly email: string;
      readonly now: Instant;
    }
  | {
      readonly type: 'SuspendCustomer';
      readonly customerId: string;
      readonly reason: string;
      readonly now: Instant;
    }
  | { readonly type: 'ReactivateCustomer'; readonly customerId: string; readonly now: Instant };

/** What happened to one customer. Stored shape. */
export type CustomerEvent = { readonly customerId: string } & (
  | {
      readonly type: 'CustomerRegistered';
      readonly name: string;
      readonly email: string;
      readonly registeredAt: Instant;
    }
  | { readonly type: 'CustomerSuspended'; readonly reason: string; readonly suspendedAt: Instant }
  | { readonly type: 'CustomerReactivated'; readonly reactivatedAt: Instant }
);

export type CustomerRejection =
  | { readonly type: 'CustomerNotFound'; readonly customerId: string }
  /** The id belongs to a customer with another name or e-mail address. */
  | { readonly type: 'CustomerAlreadyRegistered'; readonly customerId: string };
