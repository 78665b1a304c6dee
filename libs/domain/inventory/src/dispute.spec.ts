import { QUANTITY_MAX } from '@murmuration/contracts';
import { given } from '@murmuration/testing';
import {
  after,
  commit,
  level,
  mira,
  NOW,
  ORDER,
  playInventory,
  receive,
  release,
  reserve,
  resolveByHand,
  retryCommit,
} from './inventory.fixture';
import { inventoryModel } from './model';

const three = [{ sku: 'TEA', quantity: 3 }];
/** The stock was given back, and then the parcel left all the same. */
const disputed = [receive('TEA', 5), reserve({ TEA: 3 }), release(), commit()];
const handled = { orderId: ORDER, attentions: [1], ...mira, handledAt: NOW } as const;

describe('a parcel that left without a hold', () => {
  it('is taken out of what is available, line by line', () =>
    given(inventoryModel, ...after(...disputed))
      .when(retryCommit(three))
      .then(
        { type: 'StockCommitRetried', ...handled },
        {
          ...{ type: 'StockHeld', sku: 'TEA', orderId: ORDER, quantity: 3 },
          ...{ level: level({ received: 5, held: 3 }), version: 4, changedAt: NOW },
        },
        {
          ...{ type: 'StockHoldCommitted', sku: 'TEA', orderId: ORDER, quantity: 3 },
          ...{ level: level({ received: 5, committed: 3 }), version: 5, changedAt: NOW },
        },
        { type: 'StockCommitted', orderId: ORDER, lines: three, committedAt: NOW },
      ));

  it('is taken although no order was ever heard of', () => {
    const { run, stock, reservation } = playInventory();
    [receive('TEA', 5), commit(), retryCommit(three)].forEach(run);
    expect(stock('TEA')).toMatchObject({ available: 2, held: 0, committed: 3 });
    expect(reservation()).toMatchObject({ status: 'committed', lines: three });
  });

  it('is not taken where it is short: nothing goes below zero', () =>
    given(inventoryModel, ...after(...disputed, reserve({ TEA: 3 }, 'o-2')))
      .when(retryCommit(three))
      .thenRejected({ type: 'StockShort', lines: [{ sku: 'TEA', requested: 3, available: 2, known: true }] }));

  it('is not taken in a quantity that nobody could be told of, in however many lines it comes', () => {
    const delivery = Array.from({ length: 3 }, () => receive('TEA', QUANTITY_MAX));
    const lines = (...quantities: readonly number[]) => quantities.map((quantity) => ({ sku: 'TEA', quantity }));
    const stocked = given(inventoryModel, ...after(...delivery, commit()));
    stocked
      .when(retryCommit(lines(QUANTITY_MAX, 1)))
      .thenRejected({ type: 'QuantityOutOfBounds', min: 1, max: QUANTITY_MAX });
    const { run, reservation } = playInventory();
    [...delivery, commit(), retryCommit(lines(QUANTITY_MAX - 1, 1))].forEach(run);
    expect(reservation()).toMatchObject({ status: 'committed', lines: lines(QUANTITY_MAX) });
  });

  it('may be settled by hand instead', () =>
    given(inventoryModel, ...after(...disputed))
      .when(resolveByHand)
      .then({ type: 'StockAttentionResolved', ...handled }));

  it.each([
    ['settled', resolveByHand],
    ['taken', retryCommit(three)],
  ])('is %s once', (_, command) =>
    given(inventoryModel, ...after(...disputed, command))
      .when(command)
      .thenNothing(),
  );

  it.each([
    ['settled', retryCommit(three)],
    ['committed', resolveByHand],
  ])('is not handled in another way once it is %s', (status, command) =>
    given(inventoryModel, ...after(...disputed, status === 'settled' ? resolveByHand : retryCommit(three)))
      .when(command)
      .thenRejected({ type: 'NothingNeedsAttention', orderId: ORDER, status }),
  );

  it('stays settled, whatever is heard late', () => {
    for (const late of [commit(), release()])
      given(inventoryModel, ...after(...disputed, resolveByHand))
        .when(late)
        .thenNothing();
    given(inventoryModel, ...after(...disputed, resolveByHand))
      .when(reserve({ TEA: 1 }))
      .thenRejected({ type: 'ReservationClosed', orderId: ORDER });
  });

  it('is nothing that an order has which was not heard of yet', () => {
    for (const command of [retryCommit(three), resolveByHand])
      given(inventoryModel).when(command).thenRejected({ type: 'OrderNotHeardOfYet', orderId: ORDER });
  });

  it('is nothing that an order in good order has', () => {
    for (const command of [retryCommit(three), resolveByHand])
      given(inventoryModel, ...after(receive('TEA', 5), reserve({ TEA: 3 })))
        .when(command)
        .thenRejected({ type: 'NothingNeedsAttention', orderId: ORDER, status: 'held' });
  });
});
