import { delivered, heard, level } from '../projections.fixture';
import { foldEvents, keysOf, noRows } from './view-rows';

const events = [
  ...delivered('o-1'),
  level('TEA', 5),
  level('TEA', 4),
  heard('orders.customer-registered.v1'),
  heard('projections.saga-stuck.v1', { orderId: 'o-9' }),
].map(({ heard }) => heard);

describe('the rows of the views', () => {
  it('are those of the orders, SKUs and customers that services speak of', () => {
    expect(keysOf(events)).toEqual({
      orders: new Set(['o-1']),
      stock: new Set(['TEA']),
      customers: new Set(['c-1001']),
    });
  });

  it('show all events in their order', () => {
    const rows = noRows();
    const changed = foldEvents(rows, events);
    expect(rows.orders.get('o-1')).toMatchObject({ status: 'delivered', customerId: 'c-1001' });
    expect(rows.stock.get('TEA')).toMatchObject({ available: 4 });
    expect(rows.customers.get('c-1001')).toMatchObject({ status: 'active' });
    expect(changed).toEqual(rows);
  });

  it('that did not change are not answered', () => {
    const rows = noRows();
    foldEvents(rows, events);
    expect(foldEvents(rows, events.slice(0, 3))).toEqual(noRows());
    const { orders, stock } = foldEvents(rows, [
      ...delivered('o-2')
        .slice(0, 1)
        .map(({ heard }) => heard),
    ]);
    expect([[...orders.keys()], stock.size]).toEqual([['o-2'], 0]);
  });
});
