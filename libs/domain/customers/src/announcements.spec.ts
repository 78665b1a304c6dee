import { contractOf } from '@murmuration/contracts';
import { announceCustomer } from './announcements';
import { EXAMPLES } from './customer.examples.fixture';
import { customerShapes } from './customer.shapes';

const SAID: Readonly<Record<string, string>> = {
  CustomerRegistered: 'registered',
  CustomerSuspended: 'suspended',
  CustomerReactivated: 'reactivated',
  CustomerDeactivated: 'deactivated',
  ContactVerified: 'contact-verified',
  CustomerEmailChanged: 'contact-changed',
  CustomerPhoneChanged: 'contact-changed',
  CustomerPhoneRemoved: 'contact-changed',
  CustomerTierChanged: 'tier-changed',
};

describe('the announcement of a customer event', () => {
  it.each(EXAMPLES)('$type is said or kept to oneself, and keeps to its contract', (event) => {
    const said = announceCustomer(event);
    const word = SAID[event.type];
    expect(said?.name).toBe(word === undefined ? undefined : `orders.customer-${word}.v1`);
    if (said !== undefined) expect(contractOf(said.name)?.schema.parse(said.data)).toEqual(said.data);
  });

  it.each(EXAMPLES)('of $type carries no personal data', (event) => {
    expect(JSON.stringify(announceCustomer(event) ?? {})).not.toMatch(
      /Ada|Analytical|example\.org|\+43|Linden|tok_|hash/,
    );
  });
});

describe('the stored shapes', () => {
  it('are known of every event', () => {
    expect(EXAMPLES.map(({ type }) => type).sort()).toEqual(Object.keys(customerShapes).sort());
  });
});
