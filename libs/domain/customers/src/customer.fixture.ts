import { instant, plusMs, type Instant } from '@murmuration/kernel';
import type { CustomerEvent } from './customer.messages';

export const now = instant('2026-03-01T09:30:00.000Z');
export const after = (ms: number): Instant => plusMs(now, ms);
export const customerId = 'c-1001';
export const about = { customerId, now };

export const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  customerId,
  name: 'Ada Byron',
  email: 'ada@example.org',
  registeredAt: now,
};
export const suspended: CustomerEvent = {
  type: 'CustomerSuspended',
  customerId,
  reason: 'chargeback',
  suspendedAt: now,
};
export const reactivated: CustomerEvent = { type: 'CustomerReactivated', customerId, reactivatedAt: now };
export const deactivated: CustomerEvent = {
  type: 'CustomerDeactivated',
  customerId,
  by: 'customer',
  deactivatedAt: now,
};
export const deactivatedByOperator: CustomerEvent = { ...deactivated, by: 'operator', reason: 'fraud' };

export const phone = '+43123456789';
export const phoneSet: CustomerEvent = { type: 'CustomerPhoneChanged', customerId, phone, changedAt: now };

export const address = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };
