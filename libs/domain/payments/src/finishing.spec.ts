import { paymentsFinishing } from './finishing';
import { paymentsModel } from './model';
import { AUTHORIZE, done, report, resolve, retry } from './payment.fixture';
import type { PaymentCommand } from './payment.messages';

describe('what finishes the payment of an order', () => {
  const asked: readonly PaymentCommand[] = [report(AUTHORIZE, done), retry(), retry(AUTHORIZE), resolve('done')];

  it('40: stores nothing about an order that is not known, so that it cannot fill what is full', () => {
    expect(new Set(asked.map(({ type }) => type))).toEqual(new Set(paymentsFinishing));
    for (const command of asked) {
      const { accepted = [] } = paymentsModel.decide(command, paymentsModel.initial);
      expect(accepted).toEqual([]);
    }
  });
});
