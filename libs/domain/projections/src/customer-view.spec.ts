import { contractOf, EVENTS, type Heard, type IntegrationData } from '@murmuration/contracts';
import { stateAfter } from '@murmuration/testing';
import fc from 'fast-check';
import { customerIdOf, customerViewFold, type CustomerEventName } from './customer-view';
import { at, heard as heardOfOrder, RUNS } from './heard.fixture';

const customerId = 'c-1001';

const heard = <Name extends CustomerEventName>(name: Name, data: Partial<IntegrationData<Name>> = {}): Heard => ({
  ...heardOfOrder('orders.order-submitted.v1'),
  name,
  subject: customerId,
  data: { ...(contractOf(name)?.example as object), ...data } as Heard['data'],
});

const registered = heard('orders.customer-registered.v1', { registeredAt: at(0) });
const emailVerified = heard('orders.customer-contact-verified.v1', { channel: 'email', verifiedAt: at(1) });
const phoneVerified = heard('orders.customer-contact-verified.v1', { channel: 'phone', verifiedAt: at(2) });
const emailChanged = heard('orders.customer-contact-changed.v1', { channel: 'email', changedAt: at(3) });
const suspended = heard('orders.customer-suspended.v1', { reason: 'chargeback', suspendedAt: at(4) });
const deactivated = heard('orders.customer-deactivated.v1', { by: 'operator', deactivatedAt: at(5) });
const reactivated = heard('orders.customer-reactivated.v1', { reactivatedAt: at(6) });
const gold = heard('orders.customer-tier-changed.v1', { from: 'silver', to: 'gold', changedAt: at(7) });

const ALL = [registered, emailVerified, phoneVerified, emailChanged, suspended, deactivated, reactivated, gold];
const NEW = {
  ...{ customerId, status: 'active', tier: 'bronze', emailVerified: false, phoneVerified: false },
  ...{ registeredAt: at(0), updatedAt: at(0) },
};

describe('the view of customers', () => {
  it('begins with the registration', () => {
    expect(stateAfter(customerViewFold, registered)).toEqual(NEW);
  });
  it('shows which contacts are verified, until they change', () => {
    expect(stateAfter(customerViewFold, registered, emailVerified, phoneVerified, emailChanged)).toEqual({
      ...{ ...NEW, emailVerified: false, phoneVerified: true, updatedAt: at(3) },
    });
  });
  it('shows a suspension with its reason, also of one who leaves meanwhile', () => {
    const suspension = { suspendedFor: 'chargeback', suspendedAt: at(4) };
    expect(stateAfter(customerViewFold, registered, suspended)).toEqual({
      ...{ ...NEW, ...suspension, status: 'suspended', updatedAt: at(4) },
    });
    expect(stateAfter(customerViewFold, registered, suspended, deactivated)).toEqual({
      ...{ ...NEW, ...suspension, status: 'deactivated', updatedAt: at(5) },
      ...{ deactivatedBy: 'operator', deactivatedAt: at(5) },
    });
  });
  it('forgets suspension and deactivation when the customer is active again', () => {
    expect(stateAfter(customerViewFold, registered, suspended, deactivated, reactivated)).toEqual({
      ...{ ...NEW, updatedAt: at(6) },
    });
  });
  it('shows the tier, also of one whose registration was not heard', () => {
    expect(stateAfter(customerViewFold, gold)).toMatchObject({ customerId, status: 'active', tier: 'gold' });
  });

  it('takes no notice of what is said of orders, however it comes between', () => {
    const words = RUNS.flatMap((run) => run.heard);
    const expected = stateAfter(customerViewFold, ...ALL);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words)), fc.nat(ALL.length), (between, place) => {
        expect(
          stateAfter(customerViewFold, ...between, ...ALL.slice(0, place), ...between, ...ALL.slice(place)),
        ).toEqual(expected);
      }),
    );
  });
  it('takes a word that is said twice in a row as one', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ALL), { minLength: 1 }), (words) => {
        expect(stateAfter(customerViewFold, ...words.flatMap((word) => [word, word]))).toEqual(
          stateAfter(customerViewFold, ...words),
        );
      }),
    );
  });

  it('knows every event that is about a customer', () => {
    const names = EVENTS.filter(({ key }) => key === 'customerId').map(({ name }) => name);
    expect([...new Set(ALL.map(({ name }) => name))].sort()).toEqual([...names].sort());
    expect(names.map((name) => customerIdOf(heard(name as CustomerEventName)))).toEqual(names.map(() => customerId));
    expect(customerIdOf(RUNS[0]!.heard[0]!)).toBeUndefined();
  });
});
