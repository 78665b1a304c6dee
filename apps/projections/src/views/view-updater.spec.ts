import type { EventStore } from '@murmuration/event-store';
import { memoryCoordination, memoryEventStore } from '@murmuration/event-store';
import { eventually, manualClock } from '@murmuration/testing';
import { archive, delivered, level, projectionsInMemory, START, suspendedCustomer } from '../projections.fixture';
import { compareViews } from './compare-views';
import { memoryViewStore } from './memory-view-store';
import { startViewUpdater, type ViewUpdater, type ViewUpdaterOptions } from './view-updater';
import type { ViewStore } from './view-store.port';

let world: ReturnType<typeof projectionsInMemory>;
let running: ViewUpdater[];
let failures: string[];
beforeEach(() => {
  world = projectionsInMemory();
  running = [];
  failures = [];
});
afterEach(async () => {
  await Promise.all(running.map((updater) => updater.stop()));
});

const start = (options: Partial<ViewUpdaterOptions> = {}): ViewUpdater => {
  const failed = (error: unknown): void => void failures.push((error as Error).message);
  const updater = startViewUpdater({ ...world, failed, ...options });
  running.push(updater);
  return updater;
};
const shown = async (orderId: string, views: ViewStore = world.views) => (await views.findOrder(orderId))?.status;
const caughtUp = (updater: ViewUpdater) => eventually(async () => (await updater.lag()) === 0);
const rowsOf = async (views: ViewStore) => [
  await views.scan('orders', '', 10_000),
  await views.scan('stock', '', 10_000),
  await views.scan('customers', '', 10_000),
];

describe('the view updater', () => {
  it('shows what was archived before it began and while it runs', async () => {
    await archive(world.store, delivered('o-1').slice(0, 3));
    const updater = start();
    await eventually(async () => (await shown('o-1')) === 'authorized');
    await archive(world.store, [...delivered('o-1').slice(3), level('TEA', 5), ...suspendedCustomer('c-1')]);
    await eventually(async () => (await shown('o-1')) === 'delivered');
    expect(await world.views.findStock('TEA')).toMatchObject({ available: 5 });
    await eventually(async () => (await updater.lag()) === 0);
    expect(await world.views.findCustomer('c-1')).toMatchObject({ status: 'suspended', tier: 'silver' });
    expect(await updater.lag()).toBe(0);
  });

  it('says how far behind it is', async () => {
    const updater = start();
    await updater.stop();
    await archive(world.store, delivered('o-1'));
    expect(await updater.lag()).toBe(10);
  });

  it('goes on after a restart where it was, without what it knew', async () => {
    const first = start();
    await archive(world.store, delivered('o-1').slice(0, 4));
    await caughtUp(first);
    await first.stop();
    await archive(world.store, delivered('o-1').slice(4));
    const read: number[] = [];
    const readLog: EventStore['readLog'] = (logPartition, after, limit) => {
      read.push(after);
      return world.store.readLog(logPartition, after, limit);
    };
    start({ store: { ...world.store, readLog } });
    await eventually(async () => (await shown('o-1')) === 'delivered');
    expect(read[0]).toBe(4);
    expect(await compareViews(world.store, world.views)).toMatchObject({ compared: 1, differing: [] });
  });

  it('works in one process at a time, and the next takes over from one that stopped', async () => {
    const saves: string[] = [];
    const watched = (name: string): ViewStore => ({
      ...world.views,
      save: (rows, checkpoint) => {
        saves.push(name);
        return world.views.save(rows, checkpoint);
      },
    });
    const first = start({ views: watched('first') });
    await archive(world.store, delivered('o-1'));
    await caughtUp(first);
    const second = start({ views: watched('second') });
    await archive(world.store, delivered('o-2'));
    await caughtUp(second);
    expect(new Set(saves)).toEqual(new Set(['first']));
    await first.stop();
    await archive(world.store, delivered('o-3'));
    await eventually(async () => (await shown('o-3')) === 'delivered');
    expect(saves.at(-1)).toBe('second');
  });

  it('takes over from one that died once its lease has lapsed', async () => {
    const clock = manualClock(START);
    const coordination = memoryCoordination({ now: clock.now });
    await coordination.acquire('views-0', 'one that died', 10_000);
    await archive(world.store, delivered('o-1'));
    start({ coordination });
    expect(await shown('o-1')).toBeUndefined();
    clock.advance(10_001);
    await eventually(async () => (await shown('o-1')) === 'delivered');
  });

  it('begins anew from what is stored when another has written meanwhile', async () => {
    const first = start();
    await archive(world.store, delivered('o-1').slice(0, 2));
    await caughtUp(first);
    const position = await world.views.position(0);
    const row = await world.views.findOrder('o-1');
    const orders = new Map([['o-1', row!]]);
    const elsewhere = { logPartition: 0, epoch: 1, from: position, position: position + 1 };
    await archive(world.store, [level('TEA', 5)]);
    await world.views.save({ orders, stock: new Map(), customers: new Map() }, elsewhere);
    await archive(world.store, delivered('o-1').slice(2));
    await eventually(async () => (await shown('o-1')) === 'delivered');
    expect(failures).toEqual([]);
  });

  it('outlives a database that is away', async () => {
    let isAway = true;
    const save: ViewStore['save'] = (...given) =>
      isAway ? Promise.reject(new Error('away')) : world.views.save(...given);
    await archive(world.store, delivered('o-1'));
    start({ views: { ...world.views, save } });
    await eventually(() => failures.includes('away'));
    isAway = false;
    await eventually(async () => (await shown('o-1')) === 'delivered');
  });

  it.each([1, 4])(
    'shows while it is appended to what a rebuild from zero shows, with %i log partitions',
    async (logPartitions) => {
      const store = memoryEventStore({ now: () => START, logPartitions });
      const live = start({ store });
      for (let round = 0; round < 30; round++) {
        const orders = Array.from({ length: 10 }, (_, index) => delivered(`o-${round}-${index}`, round));
        // Told by five services at once: the events of many orders in turns.
        for (let step = 0; step < 10; step++)
          await archive(
            store,
            orders.map((events) => events[step]!),
          );
        await archive(store, [level(`SKU-${round % 7}`, round), ...suspendedCustomer(`c-${round % 5}`)]);
        if (round % 5 === 0)
          expect(await compareViews(store, world.views)).toMatchObject({ differing: [], findings: [] });
      }
      await caughtUp(live);
      const rebuilt = memoryViewStore();
      const again = start({ store, views: rebuilt, coordination: memoryCoordination({ now: () => START }) });
      await caughtUp(again);
      expect(await rowsOf(rebuilt)).toEqual(await rowsOf(world.views));
      expect(await compareViews(store, world.views)).toEqual({ compared: 312, differing: [], findings: [] });
    },
  );
});
