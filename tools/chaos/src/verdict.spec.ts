import type { DemoOrder, Outcome } from '@murmuration/tool-demo';
import { judge, killTable, stockExpectations } from './verdict';

const delivered = { status: 'delivered' } as const;

const outcome = (expected: Outcome['expected'], actual: Outcome['actual'], asExpected = false): Outcome => ({
  ...{ ref: 'demo-1', orderId: 'id-1', expected, actual, asExpected },
});

describe('the verdict on an order', () => {
  it('is quiet when it ended as the file says', () => {
    expect(judge([outcome(delivered, delivered, true)])).toEqual({ cancelledTooLate: [], strays: [] });
  });

  it('allows a delivery when the customer could ask for cancellation only after the dispatch', () => {
    const late = outcome({ status: 'cancelled', reason: 'customer-requested' }, delivered);
    expect(judge([late])).toEqual({ cancelledTooLate: [late], strays: [] });
  });

  it('finds every other difference', () => {
    const strays = [
      outcome({ status: 'cancelled', reason: 'customer-requested' }, { status: 'needs-attention' }),
      outcome({ status: 'cancelled', reason: 'payment-declined' }, delivered),
      outcome(delivered, { status: 'shipped' }),
    ];
    expect(judge(strays)).toEqual({ cancelledTooLate: [], strays });
  });
});

describe('the table of kills', () => {
  it('says of each unit how often, and how long until all was well', () => {
    expect(
      killTable([
        { unit: 'orders', backAfterMs: 5_000 },
        { unit: 'broker', backAfterMs: 300 },
        { unit: 'orders', backAfterMs: 7_000 },
        { unit: 'postgres' },
      ]),
    ).toEqual([
      'broker         killed  1 ×, well again after 0.3 s, 0.3 s at most',
      'orders         killed  2 ×, well again after 5.0 s, 7.0 s at most',
      'postgres       killed  1 ×, not seen well again',
    ]);
  });
});

describe('what the stock must count', () => {
  it('is what was received, and what the delivered orders hold, each line of them', () => {
    const orderOf = (ref: string, ...lines: readonly (readonly [string, number])[]): DemoOrder => ({
      ...{ ref, customerId: 'c-1', currency: 'EUR', paymentToken: 'tok_ok', expect: delivered },
      shipTo: { name: 'Ada', street: 'Rue Burdeau 75', city: 'Lyon', postalCode: '69001', country: 'FR' },
      lines: lines.map(([sku, quantity]) => ({ sku, quantity, unitPriceMinor: 100 })),
    });
    const orders = [orderOf('a', ['TEA', 2], ['TEA', 3]), orderOf('b', ['TEA', 10], ['PAN', 1])];
    const outcomes = [
      { ...outcome(delivered, delivered, true), ref: 'a' },
      { ...outcome(delivered, { status: 'cancelled' }), ref: 'b' },
    ];
    const stock = [
      { sku: 'TEA', name: 'Tea', quantity: 50 },
      { sku: 'PAN', name: 'Pan', quantity: 9 },
    ];
    expect(stockExpectations(orders, outcomes, stock)).toEqual([
      { sku: 'TEA', received: 50, committed: 5 },
      { sku: 'PAN', received: 9, committed: 0 },
    ]);
  });
});
