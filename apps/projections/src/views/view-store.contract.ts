import { type CustomerRow, noRows, type OrderRow, type StockRow, type ViewRows } from '@murmuration/domain-projections';
import { instant, plusMs } from '@murmuration/kernel';
import type { OrderFilter, ViewStore, WaitingFilter } from './view-store.port';

const START = instant('2026-03-01T09:30:00.000Z');
const at = (seconds: number) => plusMs(START, seconds * 1_000);

/** An order that was submitted so many seconds after the start. */
const order = (orderId: string, seconds: number, changes: Partial<OrderRow> = {}): OrderRow => ({
  ...{ orderId, customerId: 'c-1', currency: 'EUR', totalMinor: 6980, lines: [], submittedAt: at(seconds) },
  ...{ status: 'submitted', updatedAt: at(seconds), facts: {} },
  ...changes,
});
/** An order that only others have spoken of. */
const unsubmitted = (orderId: string, changes: Partial<OrderRow> = {}): OrderRow => ({
  ...{ orderId, status: 'reserved', updatedAt: START, facts: {} },
  ...changes,
});
const stock = (sku: string, available: number): StockRow => ({
  ...{ sku, received: available, adjusted: 0, held: 0, committed: 0, available, changedAt: START },
});
const customer = (customerId: string, changes: Partial<CustomerRow> = {}): CustomerRow => ({
  ...{ customerId, status: 'active', tier: 'bronze', emailVerified: false, phoneVerified: false },
  ...{ registeredAt: START, updatedAt: START },
  ...changes,
});
const rowsOf = (
  orders: readonly OrderRow[],
  levels: readonly StockRow[] = [],
  customers: readonly CustomerRow[] = [],
): ViewRows => ({
  orders: new Map(orders.map((row) => [row.orderId, row])),
  stock: new Map(levels.map((row) => [row.sku, row])),
  customers: new Map(customers.map((row) => [row.customerId, row])),
});

/** Every promise of the `ViewStore` port. `make` gives an empty one. */
export const viewStoreContract = (make: () => Promise<ViewStore>): void => {
  let views: ViewStore;
  beforeEach(async () => {
    views = await make();
  });

  const fill = (...rows: Parameters<typeof rowsOf>) =>
    views.save(rowsOf(...rows), { logPartition: 0, epoch: 1, from: 0, position: 1 });
  const ids = async (filter: Partial<OrderFilter>) =>
    (await views.listOrders({ limit: 100, ...filter })).map(({ orderId }) => orderId);

  describe('saving', () => {
    const checkpoint = { logPartition: 0, epoch: 1, from: 0, position: 7 };

    it('stores rows and position together', async () => {
      expect(await views.position(0)).toBe(0);
      const row = order('o-1', 0, { reason: 'out-of-stock', status: 'rejected', finalAt: at(1) });
      const rows = rowsOf([row], [stock('TEA', 5)], [customer('c-1', { suspendedFor: 'chargeback' })]);
      expect(await views.save(rows, checkpoint)).toBe('saved');
      expect(await views.position(0)).toBe(7);
      expect(await views.findOrder('o-1')).toEqual(row);
      expect(await views.findStock('TEA')).toEqual(stock('TEA', 5));
      expect(await views.findCustomer('c-1')).toEqual(customer('c-1', { suspendedFor: 'chargeback' }));
    });

    it('replaces rows and leaves the others', async () => {
      const levels = [stock('TEA', 5), stock('CUPS', 2)];
      const before = rowsOf([order('o-1', 0), order('o-2', 1)], levels, [customer('c-1'), customer('c-2')]);
      await views.save(before, checkpoint);
      const after = order('o-1', 0, { status: 'reserved' });
      const gold = customer('c-1', { tier: 'gold' });
      await views.save(rowsOf([after], [stock('TEA', 4)], [gold]), { ...checkpoint, from: 7, position: 9 });
      const keys = {
        orders: new Set(['o-1', 'o-2', 'o-3']),
        stock: new Set(['TEA', 'CUPS', 'NONE']),
        customers: new Set(['c-1', 'c-2', 'c-3']),
      };
      const loaded = await views.load(keys);
      expect([...loaded.orders].sort()).toEqual([
        ['o-1', after],
        ['o-2', order('o-2', 1)],
      ]);
      expect([...loaded.stock].sort()).toEqual([
        ['CUPS', stock('CUPS', 2)],
        ['TEA', stock('TEA', 4)],
      ]);
      expect([...loaded.customers].sort()).toEqual([
        ['c-1', gold],
        ['c-2', customer('c-2')],
      ]);
    });

    it('moves the position without any rows', async () => {
      await views.save(noRows(), checkpoint);
      expect(await views.position(0)).toBe(7);
    });

    it.each([
      ['from another position than it is at', { from: 6, position: 8 }],
      ['from the beginning, once it has moved', { from: 0, position: 8 }],
      ['under an epoch that is over', { from: 7, position: 8, epoch: 1 }],
    ])('%s is fenced and changes nothing', async (_what, changes) => {
      await views.save(rowsOf([order('o-1', 0)]), { ...checkpoint, epoch: 2 });
      const late = rowsOf([order('o-1', 0, { status: 'cancelled' })], [stock('TEA', 1)], [customer('c-1')]);
      expect(await views.save(late, { ...checkpoint, epoch: 3, ...changes })).toBe('fenced');
      expect([await views.position(0), await views.findStock('TEA')]).toEqual([7, undefined]);
      expect(await views.findCustomer('c-1')).toBeUndefined();
      expect(await views.findOrder('o-1')).toMatchObject({ status: 'submitted' });
    });

    it('from a position that nobody has reached is fenced', async () => {
      expect(await views.save(noRows(), { ...checkpoint, from: 3 })).toBe('fenced');
      expect(await views.position(0)).toBe(0);
    });

    it('by two at once has one winner', async () => {
      const outcomes = await Promise.all(
        [1, 2, 3, 4].map((epoch) => views.save(rowsOf([order('o-1', epoch)]), { ...checkpoint, epoch })),
      );
      expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
    });

    it('keeps log partitions apart', async () => {
      await views.save(noRows(), { logPartition: 1, epoch: 5, from: 0, position: 3 });
      expect(await views.save(noRows(), checkpoint)).toBe('saved');
      expect([await views.position(0), await views.position(1), await views.position(2)]).toEqual([7, 3, 0]);
    });

    it('keeps what others say as they said it', async () => {
      const row = order('o-1', 0, { reason: 'a\u0000b \ud800 ü', waitingSince: START });
      await fill([row]);
      expect(await views.findOrder('o-1')).toEqual(row);
      expect(await views.listWaiting({ since: at(1), limit: 10 })).toEqual([row]);
      expect(await ids({ text: 'nobody' })).toEqual([]);
    });
  });

  describe('listing orders', () => {
    it('shows the newest first, and those of one instant by their ids', async () => {
      await fill([order('o-1', 1), order('o-4', 2), order('o-3', 2), order('o-2', 3), unsubmitted('o-5')]);
      expect(await ids({})).toEqual(['o-2', 'o-4', 'o-3', 'o-1']);
    });

    it('goes by customer, status, ids and text, and by all of them together', async () => {
      await fill([
        order('o-1', 1),
        order('o-2', 2, { customerId: 'c-2' }),
        order('o-3', 3, { customerId: 'c-2', status: 'rejected', reason: 'out-of-stock' }),
        order('o-4', 4, { status: 'rejected', reason: 'unknown-sku' }),
        unsubmitted('o-5', { status: 'rejected' }),
      ]);
      expect(await ids({ customerId: 'c-2' })).toEqual(['o-3', 'o-2']);
      expect(await ids({ status: 'rejected' })).toEqual(['o-4', 'o-3']);
      expect(await ids({ ids: ['o-1', 'o-3', 'o-5', 'o-9'] })).toEqual(['o-3', 'o-1']);
      expect(await ids({ ids: [] })).toEqual([]);
      expect(await ids({ text: 'OUT-of' })).toEqual(['o-3']);
      expect(await ids({ text: 'c-2' })).toEqual(['o-3', 'o-2']);
      expect(await ids({ text: 'O-4' })).toEqual(['o-4']);
      const all = { customerId: 'c-2', status: 'rejected', text: 'stock', ids: ['o-3', 'o-4'] };
      expect(await ids({ ...all, before: { submittedAt: at(9), orderId: 'z' } })).toEqual(['o-3']);
      expect(await ids({ ...all, customerId: 'c-1' })).toEqual([]);
    });

    it('takes a text as it is, with all its signs', async () => {
      await fill([order('o-1', 1, { reason: '100%_\\sure' }), order('o-2', 2, { reason: '100 sure' })]);
      for (const text of ['100%', '%_', '\\', '_\\s']) expect(await ids({ text })).toEqual(['o-1']);
      expect(await ids({ text: '%' })).toEqual(['o-1']);
    });

    describe('that need a person', () => {
      const attention = [{ service: 'payments', reason: 'the provider refused the refund', since: at(9) }];

      it('goes by that whatever their status is, also before they were submitted, and together with all else', async () => {
        await fill([
          order('o-1', 1, { status: 'cancelled', attention }),
          order('o-2', 2),
          order('o-3', 3, { status: 'needs-attention', attention, customerId: 'c-2' }),
          order('o-4', 4, { status: 'delivered', attention }),
          unsubmitted('o-5', { attention }),
          unsubmitted('o-6'),
        ]);
        expect(await ids({ needsAttention: true })).toEqual(['o-4', 'o-3', 'o-1', 'o-5']);
        expect(await ids({ needsAttention: false })).toEqual(['o-2']);
        expect(await ids({ needsAttention: true, status: 'delivered' })).toEqual(['o-4']);
        expect(await ids({ needsAttention: true, customerId: 'c-2', text: 'O-3', ids: ['o-3'] })).toEqual(['o-3']);
        expect(await ids({ status: 'cancelled' })).toEqual(['o-1']);
      });

      it('is forgotten once nothing does', async () => {
        await fill([order('o-1', 1, { status: 'cancelled', attention })]);
        await views.save(rowsOf([order('o-1', 1, { status: 'cancelled' })]), {
          ...{ logPartition: 0, epoch: 1, from: 1, position: 2 },
        });
        expect(await ids({ needsAttention: true })).toEqual([]);
        expect(await ids({ needsAttention: false })).toEqual(['o-1']);
      });

      it('comes to an end page by page', async () => {
        await fill([
          ...[1, 1, 2].map((seconds, index) => order(`o-${index}`, seconds, { attention })),
          ...['u-1', 'u-2', 'u-3'].map((id) => unsubmitted(id, { attention })),
        ]);
        const after = (orderId: string, submittedAt = '') =>
          ids({ needsAttention: true, limit: 2, before: { submittedAt, orderId } });
        expect(await ids({ needsAttention: true, limit: 2 })).toEqual(['o-2', 'o-1']);
        expect(await after('o-1', at(1))).toEqual(['o-0', 'u-3']);
        expect([await after('u-3'), await after('u-1')]).toEqual([['u-2', 'u-1'], []]);
      });
    });

    it('comes to an end page by page without a gap or a repeat, also where many were submitted at one instant', async () => {
      const rows = Array.from({ length: 57 }, (_, index) => order(`o-${index}`, Math.floor(index / 10)));
      await fill(rows);
      const seen: string[] = [];
      let before: OrderFilter['before'];
      for (let pages = 0; pages < 20; pages++) {
        const page = await views.listOrders({ limit: 7, ...(before === undefined ? {} : { before }) });
        seen.push(...page.map(({ orderId }) => orderId));
        const last = page.at(-1);
        if (last?.submittedAt === undefined) break;
        before = { submittedAt: last.submittedAt, orderId: last.orderId };
      }
      expect(seen).toEqual(await ids({}));
      expect(new Set(seen).size).toBe(57);
    });
  });

  describe('the other questions', () => {
    it('tell how many submitted orders there are in each status', async () => {
      await fill([
        ...[order('o-1', 1), order('o-2', 2), order('o-3', 3, { status: 'delivered' })],
        unsubmitted('o-4', { status: 'delivered' }),
      ]);
      expect(await views.countOrders()).toEqual({ submitted: 2, delivered: 1 });
    });

    it('tell who has waited longest, until when they are told to look', async () => {
      await fill([
        order('o-1', 1, { waitingSince: at(20) }),
        order('o-2', 2, { waitingSince: at(10) }),
        order('o-3', 3, { waitingSince: at(30) }),
        order('o-4', 4, { status: 'delivered' }),
        unsubmitted('o-5', { waitingSince: at(10) }),
      ]);
      const waiting = async (since: number, limit: number) =>
        (await views.listWaiting({ since: at(since), limit })).map(({ orderId }) => orderId);
      expect(await waiting(100, 10)).toEqual(['o-2', 'o-5', 'o-1', 'o-3']);
      expect(await waiting(100, 3)).toEqual(['o-2', 'o-5', 'o-1']);
      expect(await waiting(20, 10)).toEqual(['o-2', 'o-5']);
    });

    it('show every order that waits on one page, also when many have waited for equally long', async () => {
      const orders = Array.from({ length: 30 }, (_, n) => order(`o-${n}`, n, { waitingSince: at(Math.floor(n / 8)) }));
      await fill([...orders, order('o-late', 1, { waitingSince: at(50) })]);
      const seen: string[] = [];
      let after: WaitingFilter['after'];
      for (let pages = 0; pages < 20; pages++) {
        const page = await views.listWaiting({ since: at(50), limit: 7, ...(after === undefined ? {} : { after }) });
        seen.push(...page.map(({ orderId }) => orderId));
        const last = page.at(-1);
        if (last?.waitingSince === undefined) break;
        after = { waitingSince: last.waitingSince, orderId: last.orderId };
      }
      const all = await views.listWaiting({ since: at(50), limit: 100 });
      expect(seen).toEqual(all.map(({ orderId }) => orderId));
      expect(new Set(seen).size).toBe(30);
    });

    it('forget an order that waits no longer', async () => {
      await fill([order('o-1', 1, { waitingSince: at(1) })]);
      await views.save(rowsOf([order('o-1', 1, { status: 'delivered' })]), {
        ...{ logPartition: 0, epoch: 1, from: 1, position: 2 },
      });
      expect(await views.listWaiting({ since: at(100), limit: 10 })).toEqual([]);
    });

    it('go through stock and rows by their keys', async () => {
      await fill(
        [order('o-2', 1), order('o-10', 2), unsubmitted('O-1')],
        ['TEA', 'a', 'B', 'CUPS'].map((sku) => stock(sku, 1)),
        ['c-2', 'C-1', 'c-10'].map((customerId) => customer(customerId)),
      );
      const skus = async (after: string, limit: number) => (await views.listStock(after, limit)).map(({ sku }) => sku);
      expect([await skus('', 2), await skus('CUPS', 2), await skus('x', 2)]).toEqual([['B', 'CUPS'], ['TEA', 'a'], []]);
      expect(await views.scan('orders', '', 2)).toEqual([
        { key: 'O-1', view: unsubmitted('O-1') },
        { key: 'o-10', view: order('o-10', 2) },
      ]);
      expect((await views.scan('orders', 'o-10', 2)).map(({ key }) => key)).toEqual(['o-2']);
      expect(await views.scan('stock', 'TEA', 9)).toEqual([{ key: 'a', view: stock('a', 1) }]);
      expect(await views.scan('customers', 'C-1', 1)).toEqual([{ key: 'c-10', view: customer('c-10') }]);
    });

    it('find nothing where there is nothing', async () => {
      expect([await views.findOrder('o-1'), await views.findStock('TEA')]).toEqual([undefined, undefined]);
      expect(await views.findCustomer('c-1')).toBeUndefined();
      expect([await ids({}), await views.countOrders(), await views.listStock('', 9)]).toEqual([[], {}, []]);
      expect(await views.load({ orders: new Set(), stock: new Set(), customers: new Set() })).toEqual(noRows());
    });
  });
};
