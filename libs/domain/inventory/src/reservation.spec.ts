import { given } from '@murmuration/testing';
import {
  after,
  commit,
  expire,
  HELD_UNTIL,
  level,
  NOW,
  ORDER,
  playInventory,
  receive,
  release,
  reserve,
} from './inventory.fixture';
import { inventoryModel } from './model';

const stocked = [receive('TEA', 5), receive('MUG', 2)];
const held = [...stocked, reserve({ TEA: 3, MUG: 2 })];
const tombstone = { type: 'ReservationReleased', orderId: ORDER, held: false, releasedAt: NOW } as const;

describe('reserving stock', () => {
  it('holds every line of the order', () =>
    given(inventoryModel, ...after(...stocked))
      .when(reserve({ TEA: 3, MUG: 2 }))
      .then(
        {
          type: 'StockHeld',
          sku: 'TEA',
          orderId: ORDER,
          quantity: 3,
          level: level({ received: 5, held: 3 }),
          version: 2,
          changedAt: NOW,
        },
        {
          type: 'StockHeld',
          sku: 'MUG',
          orderId: ORDER,
          quantity: 2,
          level: level({ received: 2, held: 2 }),
          version: 2,
          changedAt: NOW,
        },
        {
          type: 'StockReserved',
          orderId: ORDER,
          lines: [
            { sku: 'TEA', quantity: 3 },
            { sku: 'MUG', quantity: 2 },
          ],
          reservedAt: NOW,
          heldUntil: HELD_UNTIL,
        },
      ));

  it('holds none of the lines when one is short, and names every line that is', () =>
    given(inventoryModel, ...after(...stocked))
      .when(reserve({ TEA: 3, MUG: 3, POT: 1 }))
      .then({
        type: 'ReservationRefused',
        orderId: ORDER,
        lines: [
          { sku: 'MUG', requested: 3, available: 2, known: true },
          { sku: 'POT', requested: 1, available: 0, known: false },
        ],
        refusedAt: NOW,
      }));

  it('takes two lines of one SKU as one', () => {
    const lines = [
      { sku: 'TEA', quantity: 3 },
      { sku: 'TEA', quantity: 3 },
    ];
    given(inventoryModel, ...after(...stocked))
      .when({ ...reserve({}), lines } as ReturnType<typeof reserve>)
      .then({
        type: 'ReservationRefused',
        orderId: ORDER,
        lines: [{ sku: 'TEA', requested: 6, available: 5, known: true }],
        refusedAt: NOW,
      });
  });

  it('counts what others hold as gone: of two orders for the last unit exactly one holds it', () =>
    given(inventoryModel, ...after(receive('POT', 1), reserve({ POT: 1 }, 'o-2')))
      .when(reserve({ POT: 1 }))
      .then({
        type: 'ReservationRefused',
        orderId: ORDER,
        lines: [{ sku: 'POT', requested: 1, available: 0, known: true }],
        refusedAt: NOW,
      }));

  it.each([
    ['held', held],
    ['refused', [reserve({ POT: 1 })]],
    ['committed', [...held, commit()]],
  ])('stays quiet when the reservation is %s already', (_, history) =>
    given(inventoryModel, ...after(...history))
      .when(reserve({ TEA: 3, MUG: 2 }))
      .thenNothing(),
  );

  it.each([
    ['released before it', [...stocked, release()]],
    ['released after it', [...held, release()]],
    ['disputed', [...stocked, commit()]],
  ])('is refused as stale when the claim was %s', (_, history) =>
    given(inventoryModel, ...after(...history))
      .when(reserve({ TEA: 3, MUG: 2 }))
      .thenRejected({ type: 'ReservationClosed', orderId: ORDER }),
  );
});

describe('releasing stock', () => {
  it('gives back every line', () =>
    given(inventoryModel, ...after(...held))
      .when(release())
      .then(
        {
          type: 'StockHoldReleased',
          sku: 'TEA',
          orderId: ORDER,
          quantity: 3,
          level: level({ received: 5 }),
          version: 3,
          changedAt: NOW,
        },
        {
          type: 'StockHoldReleased',
          sku: 'MUG',
          orderId: ORDER,
          quantity: 2,
          level: level({ received: 2 }),
          version: 3,
          changedAt: NOW,
        },
        { type: 'ReservationReleased', orderId: ORDER, held: true, releasedAt: NOW },
      ));

  it('leaves a tombstone when it overtakes its reservation', () =>
    given(inventoryModel).when(release()).then(tombstone));

  it('is answered with nothing held when the stock was refused', () =>
    given(inventoryModel, ...after(reserve({ POT: 1 })))
      .when(release())
      .then(tombstone));

  it.each([
    ['a hold', [...held, release()]],
    ['a tombstone', [release()]],
    ['a dispute', [commit()]],
  ])('stays quiet after %s is dealt with', (_, history) =>
    given(inventoryModel, ...after(...history))
      .when(release())
      .thenNothing(),
  );

  it('is refused when the parcel has left', () =>
    given(inventoryModel, ...after(...held, commit()))
      .when(release())
      .thenRejected({ type: 'StockAlreadyCommitted', orderId: ORDER }));
});

describe('committing stock', () => {
  it('turns every hold into goods that are gone', () =>
    given(inventoryModel, ...after(...held))
      .when(commit())
      .then(
        {
          type: 'StockHoldCommitted',
          sku: 'TEA',
          orderId: ORDER,
          quantity: 3,
          level: level({ received: 5, committed: 3 }),
          version: 3,
          changedAt: NOW,
        },
        {
          type: 'StockHoldCommitted',
          sku: 'MUG',
          orderId: ORDER,
          quantity: 2,
          level: level({ received: 2, committed: 2 }),
          version: 3,
          changedAt: NOW,
        },
        {
          type: 'StockCommitted',
          orderId: ORDER,
          lines: [
            { sku: 'TEA', quantity: 3 },
            { sku: 'MUG', quantity: 2 },
          ],
          committedAt: NOW,
        },
      ));

  it('works on a hold that has expired, since nobody gave it up', () => {
    const { run, reservation } = playInventory();
    [...held, expire(), commit()].forEach(run);
    expect(reservation()).toMatchObject({ status: 'committed' });
  });

  it('stays quiet when it is done', () =>
    given(inventoryModel, ...after(...held, commit()))
      .when(commit())
      .thenNothing());

  it.each([
    ['absent', []],
    ['refused', [reserve({ POT: 1 })]],
    ['released', [...held, release()]],
  ])('calls for attention when the reservation is %s, and once only', (status, history) => {
    const reason = `the parcel left, but its reservation is ${status}`;
    given(inventoryModel, ...after(...history))
      .when(commit())
      .then({ type: 'StockNeedsAttention', orderId: ORDER, reason, since: NOW, attention: 1 });
    given(inventoryModel, ...after(...history, commit()))
      .when(commit())
      .thenNothing();
  });
});

describe('the expiry of a hold', () => {
  const beforeTheEnd = NOW;

  it('is said, and undoes nothing by itself', () => {
    given(inventoryModel, ...after(...held))
      .when(expire())
      .then({ type: 'StockHoldExpired', orderId: ORDER, expiredAt: HELD_UNTIL });
    const { run, stock } = playInventory();
    [...held, expire()].forEach(run);
    expect(stock('TEA')).toMatchObject({ held: 3 });
  });

  it.each([
    ['said already', [...held, expire()], HELD_UNTIL],
    ['not due yet', held, beforeTheEnd],
    ['too late for a hold that was released', [...held, release()], HELD_UNTIL],
    ['too late for a hold that was committed', [...held, commit()], HELD_UNTIL],
  ])('stays quiet when it is %s', (_, history, now) =>
    given(inventoryModel, ...after(...history))
      .when(expire(now))
      .thenNothing(),
  );
});
