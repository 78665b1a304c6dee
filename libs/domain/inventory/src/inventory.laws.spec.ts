import { assert } from '@murmuration/kernel';
import fc from 'fast-check';
import {
  adjust,
  commit,
  expire,
  ORDER,
  playInventory,
  receive,
  release,
  reserve,
  resolveByHand,
  retryCommit,
} from './inventory.fixture';
import type { InventoryCommand } from './inventory.messages';
import type { InventoryState } from './model';

const SKUS = ['TEA', 'MUG', 'POT'];
const ORDERS = ['o-1', 'o-2', 'o-3', 'o-4'];

const sku = fc.constantFrom(...SKUS);
const orderId = fc.constantFrom(...ORDERS);
const lines = fc.dictionary(sku, fc.integer({ min: 1, max: 9 }), { minKeys: 1, noNullPrototype: true });

const onOrder: fc.Arbitrary<InventoryCommand> = fc.oneof(
  fc.tuple(lines, orderId).map(([quantities, id]) => reserve(quantities, id)),
  orderId.map(release),
  orderId.map(commit),
  orderId.map((id) => expire(undefined, id)),
  lines.map((quantities) => retryCommit(Object.entries(quantities).map(([id, quantity]) => ({ sku: id, quantity })))),
  fc.constant(resolveByHand),
);
const onStock: fc.Arbitrary<InventoryCommand> = fc.oneof(
  fc.tuple(sku, fc.integer({ min: -1, max: 20 })).map(([id, quantity]) => receive(id, quantity)),
  fc.tuple(sku, fc.integer({ min: -9, max: 9 })).map(([id, delta]) => adjust(id, delta)),
);
const commands = fc.array(fc.oneof(onOrder, onStock), { maxLength: 40 });

describe('the laws of stock', () => {
  it('available + held + committed = received + adjusted, none below zero, whatever is commanded', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run, stock } = playInventory();
        for (const wish of wishes) {
          run(wish);
          for (const id of SKUS) {
            const ledger = stock(id);
            if (ledger.kind !== 'stock') throw new Error(`${id} is no ledger`);
            const { available, held, committed, received, adjusted } = ledger;
            expect(available + held + committed).toBe(received + adjusted);
            expect(Math.min(available, held, committed, received)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it('what is held of a SKU is the sum of what the orders hold', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run, stock, reservation } = playInventory();
        wishes.forEach(run);
        for (const id of SKUS) {
          const heldByOrders = ORDERS.map((order) => reservation(order))
            .flatMap((state) => (state.kind === 'reservation' && state.status === 'held' ? state.lines : []))
            .filter((line) => line.sku === id)
            .reduce((sum, { quantity }) => sum + quantity, 0);
          expect(stock(id)).toMatchObject({ held: heldByOrders });
        }
      }),
    );
  });

  it('a reaction twice is once', () => {
    fc.assert(
      fc.property(commands, onOrder, (wishes, reaction) => {
        const { run } = playInventory();
        wishes.forEach(run);
        run(reaction);
        expect(run(reaction).accepted ?? []).toEqual([]);
      }),
    );
  });

  it('reserve, release and expiry end in the same state in any order of arrival, however often each arrives', () => {
    const arrivals = fc.shuffledSubarray([reserve({ TEA: 2 }), reserve({ TEA: 2 }), expire(), release(), release()], {
      minLength: 5,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), arrivals, (received, messages) => {
        const { run, stock, reservation } = playInventory();
        run(receive('TEA', received));
        messages.forEach(run);
        expect(reservation(ORDER)).toEqual({ kind: 'reservation', status: 'released' });
        expect(stock('TEA')).toMatchObject({ available: received, held: 0, committed: 0 });
      }),
    );
  });

  it('where there is enough, the stock ends the same however the messages of several orders interleave', () => {
    /** What each order hears, in the order in which it hears it. */
    const lives = fc.array(
      fc
        .tuple(lines, fc.constantFrom(commit, release))
        .map(([quantities, end]) => (id: string) => [reserve(quantities, id), end(id)]),
      { minLength: ORDERS.length, maxLength: ORDERS.length },
    );
    const turns = fc.shuffledSubarray([...ORDERS, ...ORDERS], { minLength: 2 * ORDERS.length });
    fc.assert(
      fc.property(lives, turns, (lifeOf, interleaved) => {
        const [inTurn, mixed] = [[...ORDERS, ...ORDERS].sort(), interleaved].map((order) => {
          const { run, stock } = playInventory();
          SKUS.forEach((id) => run(receive(id, ENOUGH)));
          const waiting = new Map(ORDERS.map((id, index) => [id, lifeOf[index]?.(id) ?? []]));
          for (const id of order) run(waiting.get(id)!.shift()!);
          return SKUS.map((id) => countsOf(stock(id)));
        });
        expect(mixed).toEqual(inTurn);
      }),
    );
  });
});

const ENOUGH = 100;

/** The counts alone: how many levels there were before is another matter. */
const countsOf = (state: InventoryState): object => {
  assert(state.kind === 'stock', 'a ledger');
  const { received, adjusted, held, committed, available } = state;
  return { received, adjusted, held, committed, available };
};
