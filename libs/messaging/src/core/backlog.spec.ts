import { derivedId, eventIdOf, type EventStore, memoryEventStore } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import { announceSighting, hastyClock, metadata, newStore, see, SIGHTINGS, START } from '../flock.fixture';
import { memoryBroker, memoryPublisher } from '../memory/memory-broker';
import { memoryOutbox } from '../memory/memory-outbox';
import type { Outbox } from '../outbox.port';
import { type Backlog, type BacklogOptions, countBacklog } from './backlog';
import { startRelay } from './relay';

const ID = derivedId('a command');
const counting = new Set<Backlog>();

afterEach(() => {
  for (const backlog of counting) backlog.stop();
  counting.clear();
});

/** A clock whose timers fire one by one when the test says so. */
const steppedClock = () => {
  const timers = new Set<() => void>();
  return {
    after: (_delayMs: number, fire: () => void) => {
      timers.add(fire);
      return () => void timers.delete(fire);
    },
    /** Fires the timer that is set, as soon as there is one, and waits until there is another one. */
    step: async (): Promise<void> => {
      await eventually(() => timers.size > 0, { intervalMs: 1 });
      const [fire] = timers;
      timers.clear();
      fire?.();
      await eventually(() => timers.size > 0, { intervalMs: 1 });
    },
    isSet: () => timers.size > 0,
  };
};

/** A service whose relay is moved by hand, and whose events are counted whenever the test says so. */
const setUp = (max: number, store: EventStore = newStore(), overrides: Partial<BacklogOptions> = {}) => {
  const outbox = memoryOutbox();
  const clock = steppedClock();
  const told: string[] = [];
  let counts = 0;
  const watched: BacklogOptions['store'] = {
    ...store,
    lastPosition: (logPartition) => {
      counts++;
      return store.lastPosition(logPartition);
    },
  };
  const start = (more: Partial<BacklogOptions> = {}): Backlog => {
    const backlog = countBacklog({
      ...{ store: watched, outbox, clock, max },
      listener: {
        filled: ({ unsent }) => void told.push(`filled at ${unsent}`),
        opened: ({ unsent }) => void told.push(`opened at ${unsent}`),
        failed: (error) => void told.push(String(error)),
      },
      ...overrides,
      ...more,
    });
    counting.add(backlog);
    return backlog;
  };
  const birds = async (events: number): Promise<void> => {
    await see(store, ...Array.from({ length: events }, (_, nth) => ({ place: 'p', birds: nth })));
  };
  const sent = (position: number, logPartition = 0): Promise<unknown> =>
    outbox.write(logPartition, { name: 'relay', holder: 'x', epoch: 1 }, { position, lastSent: new Map() });
  return { store, outbox, clock, start, birds, sent, countAgain: clock.step, told, counts: () => counts };
};

describe('a backlog', () => {
  it('40: is known as soon as it is counted, also by a process that has just started and leads no relay', async () => {
    const { birds, sent, start, told } = setUp(10);
    await birds(14);
    await sent(2);
    const backlogs = [start(), start()];
    for (const backlog of backlogs) {
      await backlog.counted;
      expect(backlog.size()).toEqual({ unsent: 12, max: 10, isFull: true });
      await expect(backlog.admit(ID)).rejects.toMatchObject({ code: 'backlog-full', retryable: true });
    }
    expect(told).toEqual(['filled at 12', 'filled at 12']);
  });

  it('40: refuses from its maximum on, and opens when the relay has clearly caught up, each told once', async () => {
    const { birds, sent, start, countAgain, told } = setUp(10);
    const backlog = start();
    const expectFull = async (isFull: boolean): Promise<void> => {
      await countAgain();
      expect(backlog.size().isFull).toBe(isFull);
    };
    await birds(9);
    await expectFull(false);
    await backlog.admit(ID);
    await birds(1);
    await expectFull(true);
    await birds(5);
    await expectFull(true);
    await sent(4); // 11 left
    await expectFull(true);
    await sent(5); // 10 left
    await expectFull(true);
    await sent(6); // 9 left
    await expectFull(false);
    await backlog.admit(ID);
    expect(told).toEqual(['filled at 10', 'opened at 9']);
  });

  it('40: a relay that moves on opens it', async () => {
    const { store, outbox, birds, start, countAgain } = setUp(3);
    await birds(4);
    const backlog = start();
    await backlog.counted;
    expect(backlog.size().isFull).toBe(true);
    const clock = hastyClock();
    const broker = memoryBroker(clock);
    broker.createTopic(SIGHTINGS, 1);
    const relay = startRelay({
      ...{ store, logPartition: 0, outbox, publisher: memoryPublisher(broker), holder: 'one', clock },
      coordination: {
        acquire: async (name, holder) => ({ outcome: 'held', lease: { name, holder, epoch: 1 } }),
        release: async () => undefined,
      },
      ...{ chance: () => 0.5, source: 'sightings', announce: announceSighting, partitionsOf: () => 1 },
    });
    await eventually(async () => (await outbox.read(0)).position === 4);
    await relay.stop();
    await countAgain();
    expect(backlog.size()).toEqual({ unsent: 0, max: 3, isFull: false });
  });

  it('lets a request through that was carried out before, for it stores nothing', async () => {
    const { store, start } = setUp(2);
    const events = [0, 1].map((nth) => ({
      ...{ streamId: 's', eventId: eventIdOf(ID, nth), type: 'Seen', schemaVersion: 1, data: '{}', metadata },
    }));
    await store.append({ checks: [], events });
    const backlog = start();
    await backlog.counted;
    await expect(backlog.admit(ID, { repeatable: true })).resolves.toBeUndefined();
    await expect(backlog.admit(ID)).rejects.toMatchObject({ code: 'backlog-full' });
  });

  it('is the sum over all log partitions', async () => {
    const store = memoryEventStore({ now: () => START, logPartitions: 3 });
    await see(store, ...Array.from({ length: 12 }, (_, nth) => ({ place: `p${nth}`, birds: nth })));
    const { start, sent } = setUp(100, store);
    await sent(await store.lastPosition(1), 1);
    const backlog = start();
    await backlog.counted;
    expect(backlog.size().unsent).toBe(12 - (await store.lastPosition(1)));
  });

  it('is counted as often as it should, however many ask', async () => {
    const { birds, start, counts } = setUp(2);
    await birds(1);
    const backlog = start();
    await backlog.counted;
    await Promise.all(Array.from({ length: 1_000 }, (_, nth) => backlog.admit(derivedId(String(nth)))));
    expect(counts()).toBe(1);
  });

  it('stays as it was found while it cannot be counted, and is counted again afterwards', async () => {
    const { birds, start, outbox, countAgain, told } = setUp(2);
    await birds(2);
    let away = false;
    const flaky: Pick<Outbox, 'read'> = {
      read: (logPartition) => (away ? Promise.reject(new Error('no database')) : outbox.read(logPartition)),
    };
    const backlog = start({ outbox: flaky });
    await backlog.counted;
    away = true;
    await countAgain();
    expect(backlog.size()).toMatchObject({ unsent: 2, isFull: true });
    away = false;
    await birds(1);
    await countAgain();
    expect(backlog.size().unsent).toBe(3);
    expect(told).toEqual(['filled at 2', 'Error: no database']);
  });

  it('holds nobody up when it could not be counted yet', async () => {
    const { start } = setUp(1, newStore(), { outbox: { read: () => Promise.reject(new Error('no database')) } });
    const backlog = start();
    await backlog.counted;
    await expect(backlog.admit(ID)).resolves.toBeUndefined();
  });

  it('is never less than nothing, though the relay moves on between two reads', async () => {
    const { start } = setUp(1, newStore(), {
      outbox: { read: async () => ({ position: 7, lastSent: new Map() }) },
    });
    const backlog = start();
    await backlog.counted;
    expect(backlog.size().unsent).toBe(0);
  });

  it('is counted no more once it was stopped', async () => {
    const { start, counts, clock } = setUp(2);
    const backlog = start();
    await backlog.counted;
    await clock.step();
    backlog.stop();
    expect(clock.isSet()).toBe(false);
    expect(counts()).toBe(2);
  });
});
