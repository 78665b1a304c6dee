import { ordersFinishing } from './finishing';
import { ordersModel, type OrdersCommand } from './model';
import { cancel, customerId, force, now, resolve, retry } from './order.fixture';

describe('what finishes an order, or keeps a customer from beginning more', () => {
  const asked: readonly OrdersCommand[] = [
    ...[cancel, retry, force, resolve('completed'), resolve('cancelled')],
    { type: 'SuspendCustomer', customerId, now, reason: 'chargeback' },
    { type: 'DeactivateCustomer', customerId, now, by: 'customer' },
  ];

  it('40: stores nothing about an order or a customer that is not known, so that it cannot fill what is full', () => {
    expect(new Set(asked.map(({ type }) => type))).toEqual(new Set(ordersFinishing));
    for (const command of asked) {
      const { accepted = [] } = ordersModel.decide(command, ordersModel.initial);
      expect(accepted).toEqual([]);
    }
  });
});
