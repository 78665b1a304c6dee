import { contractOf } from '@murmuration/contracts';
import { instant } from '@murmuration/kernel';
import { given, stateAfter } from '@murmuration/testing';
import { announceCustomer } from './announcements';
import { customer } from './customer';
import type { CustomerCommand, CustomerEvent } from './customer.messages';

const now = instant('2026-03-01T09:30:00.000Z');
const customerId = 'c-1001';

const register = { type: 'RegisterCustomer', customerId, name: 'Ada Byron', email: 'ada@example.org', now } as const;
const suspend = { type: 'SuspendCustomer', customerId, reason: 'chargeback', now } as const;
const reactivate = { type: 'ReactivateCustomer', customerId, now } as const satisfies CustomerCommand;

const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  customerId,
  name: 'Ada Byron',
  email: 'ada@example.org',
  registeredAt: now,
};
const suspended: CustomerEvent = { type: 'CustomerSuspended', customerId, reason: 'chargeback', suspendedAt: now };
const reactivated: CustomerEvent = { type: 'CustomerReactivated', customerId, reactivatedAt: now };

describe('registering a customer', () => {
  it('keeps the name and the e-mail address', () => given(customer).when(register).then(registered));
  it('stays quiet when the same customer is registered again', () =>
    given(customer, registered).when(register).thenNothing());
  it('stays quiet for a suspended customer too, who stays suspended', () =>
    given(customer, registered, suspended).when(register).thenNothing());
  it('refuses an id that belongs to somebody else', () =>
    given(customer, registered)
      .when({ ...register, name: 'Grace Murray' })
      .thenRejected({ type: 'CustomerAlreadyRegistered', customerId }));
});

describe('suspending a customer', () => {
  it('keeps the reason', () => given(customer, registered).when(suspend).then(suspended));
  it('works again after a reactivation', () =>
    given(customer, registered, suspended, reactivated).when(suspend).then(suspended));
  it('stays quiet when already suspended, whatever the reason', () =>
    given(customer, registered, suspended)
      .when({ ...suspend, reason: 'fraud' })
      .thenNothing());
  it('refuses an id that was never registered', () =>
    given(customer).when(suspend).thenRejected({ type: 'CustomerNotFound', customerId }));
});

describe('reactivating a customer', () => {
  it('ends the suspension and leaves name and e-mail address as they were', () => {
    given(customer, registered, suspended).when(reactivate).then(reactivated);
    expect(stateAfter(customer, registered, suspended, reactivated)).toEqual(stateAfter(customer, registered));
  });
  it('stays quiet when active', () => given(customer, registered).when(reactivate).thenNothing());
  it('refuses an id that was never registered', () =>
    given(customer).when(reactivate).thenRejected({ type: 'CustomerNotFound', customerId }));
});

describe('the announcement of a customer event', () => {
  it.each([registered, suspended, reactivated])('$type keeps to its contract', (event) => {
    const said = announceCustomer(event);
    expect(contractOf(said.name)?.schema.parse(said.data)).toEqual(said.data);
  });
  it('carries no personal data', () => {
    expect(JSON.stringify(announceCustomer(registered))).not.toMatch(/Ada|example\.org/);
  });
});
