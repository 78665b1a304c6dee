import { customer } from '@murmuration/domain-customers';
import { stateAfter } from '@murmuration/testing';
import { ordersCodec } from './order.codec';

/** As they were written when a customer was but a name and an address. */
const STORED = [
  ['CustomerRegistered', '"name":"Ada Byron","email":"ada@example.org","registeredAt":"2026-03-01T09:30:00.000Z"'],
  ['CustomerSuspended', '"reason":"chargeback","suspendedAt":"2026-03-02T09:30:00.000Z"'],
  ['CustomerReactivated', '"reactivatedAt":"2026-03-03T09:30:00.000Z"'],
] as const;

describe('customers of long ago', () => {
  const events = STORED.map(([type, fields]) =>
    ordersCodec.decode({ type, schemaVersion: 1, data: `{"customerId":"c-1",${fields}}` }),
  );

  it('are read, and have everything that customers have today', () => {
    const history = events as Parameters<typeof customer.evolve>[1][]; // because these are events of customers
    expect(stateAfter(customer, ...history)).toMatchObject({
      status: 'active',
      account: {
        profile: { name: 'Ada Byron' },
        contacts: { email: { contact: 'ada@example.org' } },
        ...{ addresses: [], paymentMethods: [], loyalty: { balance: 0, tier: 'bronze' } },
      },
    });
  });
  it('are written as they were', () => {
    expect(events.map((event) => ordersCodec.encode(event).data)).toEqual(
      STORED.map(([, fields]) => `{"customerId":"c-1",${fields}}`),
    );
  });
});
