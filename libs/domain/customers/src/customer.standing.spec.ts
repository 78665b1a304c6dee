import { given, stateAfter } from '@murmuration/testing';
import { customer, refusedToOrder } from './customer';
import { RETURN_WITHIN_MS } from './customer.bounds';
import {
  about,
  after,
  customerId,
  deactivated,
  deactivatedByOperator,
  now,
  phone,
  phoneSet,
  reactivated,
  registered,
  suspended,
} from './customer.fixture';

const register = { type: 'RegisterCustomer', ...about, name: 'Ada Byron', email: 'ada@example.org' } as const;
const suspend = { type: 'SuspendCustomer', ...about, reason: 'chargeback' } as const;
const reactivate = { type: 'ReactivateCustomer', ...about, by: 'operator' } as const;
const comeBack = { ...reactivate, by: 'customer' } as const;
const deactivate = { type: 'DeactivateCustomer', ...about, by: 'customer' } as const;
const close = { ...deactivate, by: 'operator', reason: 'fraud' } as const;

const NOT_FOUND = { type: 'CustomerNotFound', customerId } as const;
const SUSPENDED = { type: 'CustomerSuspended', customerId } as const;
const DEACTIVATED = { type: 'CustomerDeactivated', customerId } as const;

describe('registering a customer', () => {
  it('keeps the name and the e-mail address', () => given(customer).when(register).then(registered));
  it('keeps the phone number of who gives one', () =>
    given(customer)
      .when({ ...register, phone })
      .then({ ...registered, phone } as typeof registered));
  it('stays quiet when the same customer is registered again', () =>
    given(customer, registered).when(register).thenNothing());
  it('stays quiet for a suspended customer too, who stays suspended', () =>
    given(customer, registered, suspended).when(register).thenNothing());
  it.each([{ name: 'Grace Murray' }, { email: 'grace@example.org' }, { phone }])(
    'refuses an id that belongs to somebody else: %o',
    (other) =>
      given(customer, registered)
        .when({ ...register, ...other })
        .thenRejected({ type: 'CustomerAlreadyRegistered', customerId }),
  );
  it('refuses one who was deactivated: that is not the way back', () =>
    given(customer, registered, deactivated).when(register).thenRejected(DEACTIVATED));
});

describe('suspending a customer', () => {
  it('keeps the reason', () => given(customer, registered).when(suspend).then(suspended));
  it('works again after a reactivation', () =>
    given(customer, registered, suspended, reactivated).when(suspend).then(suspended));
  it('stays quiet when already suspended, whatever the reason', () =>
    given(customer, registered, suspended)
      .when({ ...suspend, reason: 'fraud' })
      .thenNothing());
  it('refuses an id that was never registered', () => given(customer).when(suspend).thenRejected(NOT_FOUND));
  it('refuses one who was deactivated', () =>
    given(customer, registered, deactivated).when(suspend).thenRejected(DEACTIVATED));
});

describe('deactivating a customer', () => {
  it('is for the customer to wish', () => given(customer, registered).when(deactivate).then(deactivated));
  it('is for an operator to do, with a reason', () =>
    given(customer, registered).when(close).then(deactivatedByOperator));
  it('is possible while suspended', () => given(customer, registered, suspended).when(deactivate).then(deactivated));
  it('stays quiet when already deactivated', () =>
    given(customer, registered, deactivated).when(deactivate).thenNothing());
  it('stays quiet for a customer whom an operator has deactivated', () =>
    given(customer, registered, deactivatedByOperator).when(deactivate).thenNothing());
  it('by an operator outweighs the customer’s own, and does not lengthen the time to come back', () => {
    given(customer, registered, deactivated).when(close).then(deactivatedByOperator);
    const later = { ...deactivatedByOperator, deactivatedAt: after(1) } as typeof deactivatedByOperator;
    expect(stateAfter(customer, registered, deactivated, later)).toMatchObject({ by: 'operator', deactivatedAt: now });
  });
  it('refuses an id that was never registered', () => given(customer).when(deactivate).thenRejected(NOT_FOUND));
  it('lets nothing be changed any more', () =>
    given(customer, registered, deactivated)
      .when({ type: 'ChangePhone', ...about, phone })
      .thenRejected(DEACTIVATED));
});

describe('reactivating a customer', () => {
  const last = after(RETURN_WITHIN_MS);
  const tooLate = after(RETURN_WITHIN_MS + 1);

  it('ends the suspension and leaves all else as it was', () => {
    given(customer, registered, phoneSet, suspended).when(reactivate).then(reactivated);
    expect(stateAfter(customer, registered, phoneSet, suspended, reactivated)).toEqual(
      stateAfter(customer, registered, phoneSet),
    );
  });
  it('stays quiet when active', () => given(customer, registered).when(reactivate).thenNothing());
  it('refuses an id that was never registered', () => given(customer).when(reactivate).thenRejected(NOT_FOUND));
  it('is not for a suspended customer to do', () =>
    given(customer, registered, suspended).when(comeBack).thenRejected(SUSPENDED));
  it('takes back a deactivation until its time is over', () => {
    given(customer, registered, deactivated)
      .when({ ...comeBack, now: last })
      .then({ ...reactivated, reactivatedAt: last } as typeof reactivated);
    expect(stateAfter(customer, registered, deactivated, reactivated)).toEqual(stateAfter(customer, registered));
  });
  it.each([comeBack, reactivate])('by the $by is refused after that', (command) =>
    given(customer, registered, deactivated)
      .when({ ...command, now: tooLate })
      .thenRejected({ type: 'DeactivationIsFinal', customerId, since: now }),
  );
  it('does not let a customer undo what an operator did', () =>
    given(customer, registered, deactivatedByOperator)
      .when(comeBack)
      .thenRejected({ type: 'DeactivatedByOperator', customerId }));
  it('does not let a customer escape a suspension by leaving and coming back', () =>
    given(customer, registered, suspended, deactivated).when(comeBack).thenRejected(SUSPENDED));
  it('by an operator ends both', () =>
    given(customer, registered, suspended, deactivatedByOperator).when(reactivate).then(reactivated));
});

describe('placing orders', () => {
  it.each([
    ['one who never registered', [], undefined],
    ['an active customer', [registered], undefined],
    ['a reactivated customer', [registered, suspended, reactivated], undefined],
    ['a suspended customer', [registered, suspended], SUSPENDED],
    ['a deactivated customer', [registered, deactivated], DEACTIVATED],
  ] as const)('by %s', (_who, history, refusal) => {
    expect(refusedToOrder(stateAfter(customer, ...history), customerId)).toEqual(refusal);
  });
});
