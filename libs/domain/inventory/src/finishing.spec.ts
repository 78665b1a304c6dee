import { inventoryFinishing } from './finishing';
import { inventoryModel } from './model';
import { resolveByHand, retryCommit } from './inventory.fixture';

describe('what finishes the reservation of an order', () => {
  const asked = [retryCommit([{ sku: 'KETTLE', quantity: 1 }]), resolveByHand];

  it('40: stores nothing about an order that is not known, so that it cannot fill what is full', () => {
    expect(new Set(asked.map(({ type }) => type))).toEqual(new Set(inventoryFinishing));
    for (const command of asked) {
      const { accepted = [] } = inventoryModel.decide(command, inventoryModel.initial);
      expect(accepted).toEqual([]);
    }
  });
});
