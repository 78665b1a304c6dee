import { instant as at } from '@murmuration/kernel';
import { z } from 'zod';
import { declareEvent } from './event-contract';
import { customerId, instant, reason } from './fields';

const event = declareEvent('orders');
const EXAMPLE_CUSTOMER = 'c-1001';
const EXAMPLE_TIME = at('2026-03-01T09:30:00.000Z');

/** Ways to reach a customer that can be verified. */
export const contactChannel = z.enum(['email', 'phone']);
/** From the lowest to the highest. */
export const loyaltyTier = z.enum(['bronze', 'silver', 'gold', 'platinum']);
/** Who wished for something that both may wish for. */
export const wishedBy = z.enum(['customer', 'operator']);

export type ContactChannel = z.infer<typeof contactChannel>;
export type LoyaltyTier = z.infer<typeof loyaltyTier>;
export type WishedBy = z.infer<typeof wishedBy>;

export const customerRegistered = event('customer-registered', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, registeredAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, registeredAt: EXAMPLE_TIME },
});

export const customerContactVerified = event('customer-contact-verified', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, channel: contactChannel, verifiedAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, channel: 'email', verifiedAt: EXAMPLE_TIME },
});

/** What was verified there is so no longer: it is another address or number, or none. */
export const customerContactChanged = event('customer-contact-changed', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, channel: contactChannel, changedAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, channel: 'phone', changedAt: EXAMPLE_TIME },
});

export const customerSuspended = event('customer-suspended', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, reason, suspendedAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, reason: 'chargeback', suspendedAt: EXAMPLE_TIME },
});

/** Ends a suspension or a deactivation. */
export const customerReactivated = event('customer-reactivated', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, reactivatedAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, reactivatedAt: EXAMPLE_TIME },
});

export const customerDeactivated = event('customer-deactivated', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, by: wishedBy, deactivatedAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, by: 'customer', deactivatedAt: EXAMPLE_TIME },
});

export const customerTierChanged = event('customer-tier-changed', {
  key: 'customerId',
  terminal: true,
  schema: z.object({ customerId, from: loyaltyTier, to: loyaltyTier, changedAt: instant }),
  example: { customerId: EXAMPLE_CUSTOMER, from: 'bronze', to: 'silver', changedAt: EXAMPLE_TIME },
});
