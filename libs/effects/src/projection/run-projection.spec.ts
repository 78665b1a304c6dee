import { derivedId, memoryCoordination, memoryEventStore } from '@murmuration/event-store';
import { manualTiming } from '../manual-timing.fixture';
import { compareProjection, type MakingsOf } from './compare-projection';
import { memoryProjectionStore } from './memory-projection-store';
import type { Projection, ProjectionStore } from './projection-store.port';
import { runProjection, type RunningProjection, type RunProjectionOptions } from './run-projection';

/** Birds are seen at places: a view of how many each place has seen, and one of where each bird was seen last. */
type Seen = { readonly bird: string; readonly place: string };
type Rows = { readonly places: Map<string, { readonly count: number }>; readonly birds: Map<string, Seen> };

const noRows = (): Rows => ({ places: new Map(), birds: new Map() });
const projection: Projection<Seen, Rows> = {
  noRows,
  keysOf: (events) => ({
    places: new Set(events.map(({ place }) => place)),
    birds: new Set(events.map(({ bird }) => bird)),
  }),
  foldEvents: (rows, events) => {
    const changed = noRows();
    for (const seen of events) {
      const row = { count: (rows.places.get(seen.place)?.count ?? 0) + 1 };
      for (const { places, birds } of [rows, changed]) {
        places.set(seen.place, row);
        birds.set(seen.bird, seen);
      }
    }
    return changed;
  },
};
const makings: MakingsOf<Rows, Seen, { readonly what: string }> = {
  places: {
    ...{ streamOf: (place) => `place-${place}`, auditsPages: true },
    fold: { initial: undefined, evolve: (row) => ({ count: (row?.count ?? 0) + 1 }) },
    audit: (events) => events.filter(({ bird }) => bird === '').map(() => ({ what: 'a nameless bird' })),
  },
  birds: {
    ...{ streamOf: (bird) => `no-bird-${bird}`, auditsPages: true, audit: () => [] },
    fold: { initial: undefined, evolve: (_, seen) => seen },
  },
};
const decode = ({ data }: { readonly data: string }): Seen => JSON.parse(data) as Seen; // because `see` wrote it

const observatory = () => {
  const timing = manualTiming();
  const { now } = timing;
  const store = memoryEventStore({ now });
  const coordination = memoryCoordination({ now });
  const rows = memoryProjectionStore(noRows);
  const failures: string[] = [];
  const failed = (error: unknown): void => void failures.push((error as Error).message);
  let sightings = 0;
  return {
    ...{ timing, store, rows, coordination, failures },
    run: (options: Partial<RunProjectionOptions<Seen, Rows>> = {}) =>
      runProjection({ name: 'sightings', store, coordination, decode, projection, rows, timing, failed, ...options }),
    see: async (bird: string, place: string) => {
      const eventId = derivedId('seen', String(++sightings));
      const metadata = { correlationId: bird, causationId: eventId, actor: 'test', hop: 0 };
      const data = JSON.stringify({ bird, place });
      await store.append({
        checks: [],
        events: [{ streamId: `place-${place}`, eventId, type: 'Seen', schemaVersion: 1, data, metadata }],
      });
    },
    stop: async (running: RunningProjection) => {
      const stopped = running.stop();
      await timing.pass(1_000);
      await stopped;
    },
  };
};

describe('a running projection', () => {
  it('shows what was stored before it began and while it runs', async () => {
    const { see, run, timing, rows, stop } = observatory();
    await see('starling', 'pier');
    const running = run();
    await timing.pass(100);
    await see('starling', 'tower');
    await see('gull', 'pier');
    await timing.pass(100);
    expect(rows.tables.places).toEqual(new Map([...[['pier', { count: 2 }] as const], ['tower', { count: 1 }]]));
    expect(rows.tables.birds.get('starling')).toEqual({ bird: 'starling', place: 'tower' });
    expect(await running.lag()).toBe(0);
    await stop(running);
  });

  it('goes on from stored rows after a restart', async () => {
    const { see, run, timing, rows, stop } = observatory();
    await see('starling', 'pier');
    const first = run();
    await timing.pass(100);
    await stop(first);
    await see('gull', 'pier');
    expect(await first.lag()).toBe(1);
    const second = run();
    await timing.pass(100);
    expect(rows.tables.places.get('pier')).toEqual({ count: 2 });
    await stop(second);
  });

  it('keeps no more rows at hand than it may, and shows the same', async () => {
    const { see, run, timing, rows, stop } = observatory();
    const running = run({ limits: { rowsKeptMax: 1, eventsPerRunMax: 2 } });
    for (let round = 0; round < 5; round++) for (const place of ['pier', 'tower', 'park']) await see('gull', place);
    await timing.pass(1_000);
    expect([...rows.tables.places.values()]).toEqual([{ count: 5 }, { count: 5 }, { count: 5 }]);
    await stop(running);
  });

  it('begins a new term from what is stored when another moved the checkpoint', async () => {
    const { see, run, timing, rows, failures, stop } = observatory();
    const running = run();
    await see('starling', 'pier');
    await timing.pass(100);
    await see('starling', 'tower');
    await rows.save(noRows(), { logPartition: 0, epoch: 1, from: 1, position: 2 });
    await see('gull', 'pier');
    await timing.pass(2_000);
    expect(rows.tables.places.get('pier')).toEqual({ count: 2 });
    expect(failures).toEqual([]);
    await stop(running);
  });

  it('tries again after a failure', async () => {
    const { see, run, timing, rows, failures, stop } = observatory();
    let isAway = true;
    const save: ProjectionStore<Rows>['save'] = (...given) =>
      isAway ? Promise.reject(new Error('away')) : rows.save(...given);
    await see('starling', 'pier');
    const running = run({ rows: { ...rows, save } });
    await timing.pass(500);
    expect(failures).toContain('away');
    isAway = false;
    await timing.pass(6_000);
    expect(rows.tables.places.get('pier')).toEqual({ count: 1 });
    await stop(running);
  });
});

describe('the comparison of a projection with its log', () => {
  it('finds rows that are wrong, missing or invented, and what the audit finds', async () => {
    const { see, store, run, timing, rows, stop } = observatory();
    await see('starling', 'pier');
    await see('', 'tower');
    await see('gull', 'park');
    const running = run();
    await timing.pass(100);
    await stop(running);
    const compare = () => compareProjection({ store, rows, decode, makings: { ...makings } });
    rows.tables.birds.clear();
    expect(await compare()).toEqual({
      ...{ compared: 3, differing: [], findings: [{ about: 'tower', what: 'a nameless bird' }] },
    });
    rows.tables.places.set('pier', { count: 7 });
    rows.tables.places.delete('park');
    rows.tables.places.set('moon', { count: 1 });
    expect(await compare()).toMatchObject({ compared: 3, differing: ['pier', 'park', 'moon'] });
  });
});
