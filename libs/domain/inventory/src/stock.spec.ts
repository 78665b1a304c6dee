import { QUANTITY_MAX } from '@murmuration/contracts';
import { given } from '@murmuration/testing';
import { adjust, after, level, NOW, receive, reserve } from './inventory.fixture';
import { STOCK_LEVEL_MAX } from './inventory.messages';
import { inventoryModel } from './model';

describe('receiving stock', () => {
  it('makes it available', () =>
    given(inventoryModel)
      .when(receive('TEA', 5))
      .then({
        type: 'StockReceived',
        sku: 'TEA',
        quantity: 5,
        level: level({ received: 5 }),
        version: 1,
        changedAt: NOW,
      }));

  it('adds to what was received before', () =>
    given(inventoryModel, ...after(receive('TEA', 5)))
      .when(receive('TEA', 2))
      .then({
        type: 'StockReceived',
        sku: 'TEA',
        quantity: 2,
        level: level({ received: 7 }),
        version: 2,
        changedAt: NOW,
      }));

  it.each([0, -1, 1.5, Number.NaN, Infinity, QUANTITY_MAX + 1])('is refused for a quantity of %p', (quantity) =>
    given(inventoryModel)
      .when(receive('TEA', quantity))
      .thenRejected({ type: 'QuantityOutOfBounds', min: 1, max: QUANTITY_MAX }),
  );

  it('is refused beyond what a ledger counts', () => {
    const full = { sku: 'TEA', quantity: 1, level: level({ received: STOCK_LEVEL_MAX }), changedAt: NOW };
    given(inventoryModel, { type: 'StockReceived', ...full })
      .when(receive('TEA', 1))
      .thenRejected({ type: 'StockLevelOutOfBounds', max: STOCK_LEVEL_MAX });
  });
});

describe('adjusting stock', () => {
  it('corrects the count downwards', () =>
    given(inventoryModel, ...after(receive('TEA', 5)))
      .when(adjust('TEA', -3))
      .then({
        type: 'StockAdjusted',
        sku: 'TEA',
        delta: -3,
        reason: 'stocktaking',
        level: level({ received: 5, adjusted: -3 }),
        version: 2,
        changedAt: NOW,
      }));

  it('corrects the count upwards', () =>
    given(inventoryModel, ...after(receive('TEA', 5), adjust('TEA', -3)))
      .when(adjust('TEA', 4))
      .then({
        type: 'StockAdjusted',
        sku: 'TEA',
        delta: 4,
        reason: 'stocktaking',
        level: level({ received: 5, adjusted: 1 }),
        version: 3,
        changedAt: NOW,
      }));

  it('stays quiet when nothing is to be corrected', () =>
    given(inventoryModel, ...after(receive('TEA', 5)))
      .when(adjust('TEA', 0))
      .thenNothing());

  it('is refused below zero available, since held stock is promised to somebody', () =>
    given(inventoryModel, ...after(receive('TEA', 5), reserve({ TEA: 4 })))
      .when(adjust('TEA', -2))
      .thenRejected({ type: 'AdjustmentExceedsAvailable', sku: 'TEA', available: 1 }));

  it('is refused for a SKU that was never received', () =>
    given(inventoryModel).when(adjust('TEA', 1)).thenRejected({ type: 'SkuUnknown', sku: 'TEA' }));

  it.each([0.5, Number.NaN, QUANTITY_MAX + 1, -QUANTITY_MAX - 1])('is refused for a delta of %p', (delta) =>
    given(inventoryModel, ...after(receive('TEA', 5)))
      .when(adjust('TEA', delta))
      .thenRejected({ type: 'QuantityOutOfBounds', min: -QUANTITY_MAX, max: QUANTITY_MAX }),
  );
});
