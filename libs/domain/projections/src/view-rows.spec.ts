import { contractOf, type Heard } from '@murmuration/contracts';
import { assert } from '@murmuration/kernel';
import { at, ORDER, RUNS } from './heard.fixture';
import { foldEvents, keysOf, noRows } from './view-rows';

/** Heard of something that is no order. */
const heardOf = (name: Heard['name'], subject: string, data: object = {}): Heard => {
  const contract = contractOf(name);
  assert(contract !== undefined, `a contract for ${name}`);
  return {
    ...{ id: `${name} ${subject}`, name, source: contract.service, subject, time: at(0) },
    ...{ correlationId: subject, causationId: 'c-1', hop: 0 },
    data: { ...(contract.example as object), ...data } as Heard['data'], // because the example fits the contract
  };
};
const level = (sku: string, available: number): Heard =>
  heardOf('inventory.stock-level-changed.v1', sku, { sku, available });
const delivered = RUNS[0]!.heard;

const events = [
  ...delivered,
  level('TEA', 5),
  level('TEA', 4),
  heardOf('orders.customer-registered.v1', 'c-1001', { customerId: 'c-1001' }),
  heardOf('projections.saga-stuck.v1', 'o-9', { orderId: 'o-9' }),
];

describe('the rows of the views', () => {
  it('are those of the orders, SKUs and customers that services speak of', () => {
    expect(keysOf(events)).toEqual({
      orders: new Set([ORDER]),
      stock: new Set(['TEA']),
      customers: new Set(['c-1001']),
    });
  });

  it('show all events in their order', () => {
    const rows = noRows();
    const changed = foldEvents(rows, events);
    expect(rows.orders.get(ORDER)).toMatchObject({ status: 'delivered', customerId: 'c-1001' });
    expect(rows.stock.get('TEA')).toMatchObject({ available: 4 });
    expect(rows.customers.get('c-1001')).toMatchObject({ status: 'active' });
    expect(changed).toEqual(rows);
  });

  it('that did not change are not answered', () => {
    const rows = noRows();
    foldEvents(rows, events);
    expect(foldEvents(rows, events.slice(0, 3))).toEqual(noRows());
    const { orders, stock } = foldEvents(rows, [level('CUPS', 1)]);
    expect([orders.size, [...stock.keys()]]).toEqual([0, ['CUPS']]);
  });
});
