import { shippingFinishing } from './finishing';
import { shippingModel } from './model';
import { deliver, dispatch, handOver, resolve, retry } from './shipment.fixture';
import type { ShipmentCommand } from './shipment.messages';

describe('what finishes the shipment of an order', () => {
  const asked: readonly ShipmentCommand[] = [
    dispatch,
    handOver(),
    deliver,
    retry,
    resolve('done'),
    resolve('not-done'),
  ];

  it('40: stores nothing about an order that is not known, so that it cannot fill what is full', () => {
    expect(new Set(asked.map(({ type }) => type))).toEqual(new Set(shippingFinishing));
    for (const command of asked) {
      const { accepted = [] } = shippingModel.decide(command, shippingModel.initial);
      expect(accepted).toEqual([]);
    }
  });
});
