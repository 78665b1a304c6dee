import { EventStoreError, memoryCoordination, type Coordination, type EventStore } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import { announceSighting, hastyClock, newStore, see, SIGHTINGS } from '../flock.fixture';
import type { Outbound } from '../link';
import { memoryBroker, memoryPublisher, type MemoryBroker } from '../memory/memory-broker';
import { memoryOutbox } from '../memory/memory-outbox';
import type { Outbox } from '../outbox.port';
import type { Publisher } from '../publisher.port';
import { type Relay, type RelayOptions, startRelay } from './relay';

const PARTITIONS = 2;
const running = new Set<Relay>();

afterEach(async () => {
  await Promise.all([...running].map((relay) => relay.stop()));
  running.clear();
});

const setUp = () => {
  const clock = hastyClock();
  const store = newStore();
  const broker = memoryBroker(clock);
  broker.createTopic(SIGHTINGS, PARTITIONS);
  const options: RelayOptions = {
    ...{ store, logPartition: 0, outbox: memoryOutbox(), coordination: memoryCoordination(clock) },
    ...{ publisher: memoryPublisher(broker), holder: 'one', clock, chance: () => 0.5 },
    ...{ source: 'sightings', announce: announceSighting, partitionsOf: () => PARTITIONS },
  };
  const start = (overrides: Partial<RelayOptions> = {}): Relay => {
    const relay = startRelay({ ...options, ...overrides });
    running.add(relay);
    return relay;
  };
  return { ...options, options, clock, store, broker, start };
};

const allOf = (broker: MemoryBroker) =>
  Array.from({ length: PARTITIONS }, (_, partition) => broker.read(SIGHTINGS, partition, 0, 10_000)).flat();
const idsOf = (broker: MemoryBroker): readonly string[] => allOf(broker).map(({ headers }) => headers['ce_id'] ?? '');
const seeMany = async (store: EventStore, count: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let birds = 0; birds < count; birds++) ids.push(...(await see(store, { place: `p${birds % 5}`, birds })));
  return ids;
};

describe('a relay', () => {
  it('sends what was stored before it started and what is stored while it runs, once, in the order of the log', async () => {
    const { store, broker, start } = setUp();
    const before = await seeMany(store, 20);
    start();
    const during = await seeMany(store, 30);
    await eventually(() => allOf(broker).length >= 50);
    expect([...idsOf(broker)].sort()).toEqual([...before, ...during].sort());
    for (const partition of [0, 1]) {
      const positions = broker.read(SIGHTINGS, partition, 0, 100).map(({ headers }) => Number(headers['mm_position']));
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
    }
  });

  it('writes its place and gives the lease up when it stops, so that the next one goes on at once from there', async () => {
    const { store, broker, start, outbox, coordination } = setUp();
    await seeMany(store, 5);
    const relay = start();
    await eventually(() => allOf(broker).length === 5);
    await relay.stop();
    expect((await outbox.read(0)).position).toBe(5);
    await expect(coordination.acquire('relay-0', 'two', 1)).resolves.toMatchObject({ outcome: 'held' });
    await coordination.release({ name: 'relay-0', holder: 'two', epoch: 2 });
    await seeMany(store, 5);
    start({ holder: 'three' });
    await eventually(() => allOf(broker).length === 10);
    expect(new Set(idsOf(broker)).size).toBe(10);
  });

  it('repeats with the same links what it sent after its last checkpoint', async () => {
    const { store, broker, start } = setUp();
    const forgetful: Outbox = {
      read: async () => ({ position: 0, lastSent: new Map() }),
      write: async () => 'written',
    };
    await seeMany(store, 8);
    const first = start({ outbox: forgetful });
    await eventually(() => allOf(broker).length === 8);
    await first.stop();
    start({ outbox: forgetful, holder: 'two' });
    await eventually(() => allOf(broker).length === 16);
    for (const partition of [0, 1]) {
      const headers = broker.read(SIGHTINGS, partition, 0, 100).map((record) => record.headers);
      expect(headers.slice(headers.length / 2)).toEqual(headers.slice(0, headers.length / 2));
    }
  });

  it('38: of two that want to lead only one sends; the other takes over when it stops', async () => {
    const { store, broker, start } = setUp();
    const first = start();
    await seeMany(store, 3);
    await eventually(() => allOf(broker).length === 3);
    start({ holder: 'two' });
    await seeMany(store, 3);
    await eventually(() => allOf(broker).length === 6);
    await first.stop();
    await seeMany(store, 3);
    await eventually(() => allOf(broker).length === 9);
    expect(new Set(idsOf(broker)).size).toBe(9);
  });

  it('sends nothing behind an event that newer code has stored, says so, and lets a process with that code lead', async () => {
    const { store, broker, start } = setUp();
    const before = await seeMany(store, 3);
    const [unknown, ...after] = await seeMany(store, 3);
    const failures: string[] = [];
    start({
      announce: (event) => {
        if (event.eventId === unknown) throw new EventStoreError('unknown-event', event.type);
        return announceSighting(event);
      },
      listener: { failed: (doing, error) => void failures.push(`${doing}: ${String(error)}`) },
    });
    await eventually(() => failures.length > 1);
    expect([...idsOf(broker)].sort()).toEqual([...before].sort());
    expect(failures[0]).toMatch(/^announce: EventStoreError: newer code .*: Seen$/);
    start({ holder: 'newer' });
    await eventually(() => allOf(broker).length === 6);
    expect([...idsOf(broker)].sort()).toEqual([...before, unknown, ...after].sort());
  });

  it('38: a zombie cannot move the place of the relay that came after it', async () => {
    const { outbox } = setUp();
    const lease = (epoch: number) => ({ name: 'relay-0', holder: 'x', epoch });
    const place = (position: number) => ({ position, lastSent: new Map() });
    await expect(outbox.write(0, lease(2), place(9))).resolves.toBe('written');
    await expect(outbox.write(0, lease(1), place(4))).resolves.toBe('fenced');
    expect((await outbox.read(0)).position).toBe(9);
  });

  it('38: a fenced relay stops leading', async () => {
    const { store, start } = setUp();
    const leading: boolean[] = [];
    const fencing: Outbox = { read: async () => ({ position: 0, lastSent: new Map() }), write: async () => 'fenced' };
    start({ outbox: fencing, listener: { leading: (now) => void leading.push(now) } });
    await seeMany(store, 3);
    await eventually(() => leading.includes(false));
  });

  it('stops leading when its lease is taken over', async () => {
    const { start, coordination, clock } = setUp();
    const leading: boolean[] = [];
    let taken = false;
    const coveted: Pick<Coordination, 'acquire' | 'release'> = {
      ...coordination,
      acquire: async (name, holder, durationMs) =>
        taken ? { outcome: 'taken', retryInMs: 50 } : coordination.acquire(name, holder, durationMs),
    };
    start({ coordination: coveted, clock, listener: { leading: (now) => void leading.push(now) } });
    await eventually(() => leading.length === 1);
    taken = true;
    await eventually(() => leading.includes(false));
  });

  it('30: while the broker is away it keeps its place, makes the connection anew, and sends everything afterwards', async () => {
    const { store, broker, start, publisher } = setUp();
    let away = true;
    let resets = 0;
    const failures: string[] = [];
    const flaky: Publisher = {
      ...publisher,
      publish: (records) => (away ? Promise.reject(new Error('no broker')) : publisher.publish(records)),
      reset: async () => void resets++,
    };
    start({ publisher: flaky, listener: { failed: (doing) => void failures.push(doing) } });
    const ids = await seeMany(store, 12);
    await eventually(() => failures.length > 2);
    expect(allOf(broker)).toHaveLength(0);
    away = false;
    await eventually(() => allOf(broker).length === 12);
    expect([...idsOf(broker)].sort()).toEqual([...ids].sort());
    expect(resets).toBeGreaterThan(1);
  });

  it('cuts a large backlog into requests of bounded size', async () => {
    const { store, broker, start, publisher } = setUp();
    const sizes: number[] = [];
    const measuring: Publisher = {
      ...publisher,
      publish: (records: readonly Outbound[]) => {
        sizes.push(records.reduce((sum, { value }) => sum + value.length, 0));
        return publisher.publish(records);
      },
    };
    const place = 'x'.repeat(900);
    await see(store, ...Array.from({ length: 900 }, (_, birds) => ({ place, birds })));
    start({ publisher: measuring });
    await eventually(() => allOf(broker).length === 900);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(400_000);
  });
});
