import { archiveCodec, foldEvents, noRows, type ViewRows } from '@murmuration/domain-projections';
import { memoryEventStore, type EventStore } from '@murmuration/event-store';
import { archive, delivered, heard, level, START, suspendedCustomer } from '../projections.fixture';
import { compareViews } from './compare-views';
import { memoryViewStore } from './memory-view-store';
import type { ViewStore } from './view-store.port';

let store: EventStore;
let views: ViewStore;
beforeEach(async () => {
  store = memoryEventStore({ now: () => START });
  views = memoryViewStore();
  for (const orderId of ['o-1', 'o-2', 'o-3']) await archive(store, delivered(orderId));
  await archive(store, [level('TEA', 5), level('CUPS', 2), level('TEA', 4), ...suspendedCustomer('c-1')]);
  await catchUp();
});

const catchUp = async (): Promise<void> => {
  const from = await views.position(0);
  const events = await store.readLog(0, 0, 10_000);
  const rows = noRows();
  foldEvents(
    rows,
    events.map((stored) => archiveCodec.decode(stored).heard),
  );
  await put(rows, from, events.length);
};
const put = async (rows: ViewRows, from: number, position: number): Promise<void> => {
  expect(await views.save(rows, { logPartition: 0, epoch: 1, from, position })).toBe('saved');
};
/** Writes rows past the archive, at the position where the views are. */
const tamper = async (rows: Partial<ViewRows>): Promise<void> => {
  const position = await views.position(0);
  await put({ ...noRows(), ...rows }, position, position);
};

describe('the comparison of the views with their archive', () => {
  it('finds nothing where all is well', async () => {
    expect(await compareViews(store, views)).toEqual({ compared: 6, differing: [], findings: [] });
  });

  it('finds nothing where nothing was ever heard', async () => {
    const empty = memoryEventStore({ now: () => START });
    expect(await compareViews(empty, memoryViewStore())).toEqual({ compared: 0, differing: [], findings: [] });
  });

  it('finds a row that was tampered with', async () => {
    const row = await views.findOrder('o-2');
    await tamper({ orders: new Map([['o-2', { ...row!, totalMinor: 1 }]]) });
    const tea = await views.findStock('TEA');
    await tamper({ stock: new Map([['TEA', { ...tea!, available: 5 }]]) });
    const customer = await views.findCustomer('c-1');
    await tamper({ customers: new Map([['c-1', { ...customer!, status: 'active' }]]) });
    expect(await compareViews(store, views)).toMatchObject({ compared: 6, differing: ['o-2', 'TEA', 'c-1'] });
  });

  it('finds a row that is missing', async () => {
    const load: ViewStore['load'] = async (keys) => {
      const rows = await views.load(keys);
      rows.orders.delete('o-3');
      return rows;
    };
    expect(await compareViews(store, { ...views, load })).toMatchObject({ compared: 5, differing: ['o-3'] });
  });

  it('finds a row of which nothing was ever heard', async () => {
    const row = await views.findOrder('o-1');
    await tamper({ orders: new Map([['o-7', { ...row!, orderId: 'o-7' }]]) });
    expect(await compareViews(store, views)).toMatchObject({ compared: 7, differing: ['o-7'] });
  });

  it('finds a row that lags behind what its view claims', async () => {
    await archive(store, [heard('payments.payment-needs-attention.v1', { orderId: 'o-4' })]);
    const position = await views.position(0);
    await put(noRows(), position, position + 1);
    expect((await compareViews(store, views)).differing).toEqual(['o-4']);
  });

  it('leaves alone what the views have not come to yet', async () => {
    await archive(store, delivered('o-4'));
    expect((await compareViews(store, views)).differing).toEqual([]);
  });

  it('takes no offence at views that move on meanwhile', async () => {
    const load: ViewStore['load'] = async (keys) => {
      await archive(store, [...delivered(`o-new-${await store.lastPosition(0)}`), level('TEA', 3)]);
      await catchUp();
      return views.load(keys);
    };
    expect((await compareViews(store, { ...views, load })).differing).toEqual([]);
  });

  it('audits every order and every SKU', async () => {
    await archive(store, [
      heard('payments.payment-captured.v1', { orderId: 'o-1' }),
      heard('inventory.stock-level-changed.v1', {
        sku: 'CUPS',
        received: 2,
        adjusted: 0,
        held: 0,
        committed: 0,
        available: 9,
      }),
    ]);
    await catchUp();
    const { findings } = await compareViews(store, views);
    expect(findings).toEqual([
      expect.objectContaining({ about: 'o-1', invariant: 'I1', finding: 'captured 2 times' }),
      expect.objectContaining({ about: 'o-1', invariant: 'I1' }),
      expect.objectContaining({ about: 'CUPS', invariant: 'I2' }),
    ]);
  });

  it('keeps few events at hand, however many there are of one SKU or order', async () => {
    for (let batch = 0; batch < 10; batch++) {
      await archive(
        store,
        Array.from({ length: 200 }, (_, index) => level('HOT', batch * 200 + index)),
      );
      const attention = { orderId: 'o-noisy' };
      await archive(
        store,
        Array.from({ length: 200 }, (_, index) => heard('orders.order-needs-attention.v1', attention, index)),
      );
    }
    await catchUp();
    let most = 0;
    const readStreams: EventStore['readStreams'] = async (wanted) => {
      const streams = await store.readStreams(wanted);
      most = Math.max(most, ...[...streams.values()].map(({ length }) => length));
      return streams;
    };
    expect((await compareViews({ ...store, readStreams }, views)).differing).toEqual([]);
    expect(most).toBeLessThanOrEqual(250);
  });
});
