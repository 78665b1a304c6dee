import { eventually } from '@murmuration/testing';
import {
  countsOf,
  countingService,
  type CountCommand,
  decodeSighting,
  hastyClock,
  newStore,
  SIGHTINGS,
  START,
} from '../flock.fixture';
import type { DecodeRecord } from '../heard';
import type { Inbox } from '../inbox.port';
import { memoryInbox } from '../memory/memory-inbox';
import { MessagingError } from '../messaging-error';
import { circuitBreaker } from './circuit-breaker';
import { setUp, spoken } from './consumer.fixture';
import { type GroupConsumer, groupConsumer } from './group-consumer';
import { stopLater } from './group.fixture';
import { lane } from './lane';

/** Code that knows records of up to so many birds; the others say what it does not know. */
const knowing = (
  most: number,
  kind: 'unknown-version' | 'unknown-type' = 'unknown-version',
): DecodeRecord<CountCommand> => {
  return (record) => {
    const { birds } = JSON.parse(record.value!.toString()) as { birds: number };
    return birds > most ? { kind, reason: `${birds} is more than ${most}` } : decodeSighting(record);
  };
};

/** A service whose processes come with their own code, one after the other. */
const service = () => {
  const store = newStore();
  const inbox: Inbox = memoryInbox(store, { now: () => START });
  const deploy = async (decode: DecodeRecord<CountCommand>): Promise<GroupConsumer> => {
    const { decisions } = countingService(store);
    const group = groupConsumer({
      ...{ groupId: 'tally', holder: 'me', inbox, reader: store, decisions, decode },
      ...{ clock: hastyClock(), chance: () => 0.5, lane: lane() },
    });
    stopLater(group);
    await group.claim(SIGHTINGS, 0);
    return group;
  };
  return { store, inbox, deploy };
};
const rounds = async (group: GroupConsumer): Promise<void> => {
  for (let round = 0; round < 20; round++) {
    group.settleNow();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('a record that this code does not know yet', () => {
  const sightings = [
    { place: 'wood', birds: 1 },
    { place: 'wood', birds: 7 },
    { place: 'lake', birds: 2 },
    { place: 'wood', birds: 3 },
  ];

  it.each([
    ['45', 'unknown-version'],
    ['48', 'unknown-type'],
  ] as const)(
    '%s: of %s is parked, holds its key, and is redriven by itself once code that knows it runs',
    async (_, kind) => {
      const { store, inbox, deploy } = service();
      const old = await deploy(knowing(5, kind));
      await old.handle(SIGHTINGS, 0, await spoken(...sightings));
      await rounds(old);
      expect(await countsOf(store, 'wood')).toEqual([1]);
      expect(await countsOf(store, 'lake')).toEqual([2]);
      expect(await inbox.listParked({ limit: 9 })).toMatchObject([
        { kind, reason: '7 is more than 5', holdsKey: true, offset: '1' },
        { kind: 'queued', offset: '3' },
      ]);
      await old.stop();
      const mended = await deploy(knowing(10, kind));
      mended.settleNow();
      await eventually(async () => (await inbox.countParked()) === 0);
      expect(await countsOf(store, 'wood')).toEqual([1, 7, 3]);
      expect(await inbox.readTrail(`tally:${SIGHTINGS}:0:1`)).toMatchObject([
        { actor: 'system', action: 'redrive' },
        { actor: 'consumer', action: 'redriven' },
      ]);
    },
  );

  it('47: keeps waiting when old code takes over again before it was redriven', async () => {
    const { store, inbox, deploy } = service();
    const old = await deploy(knowing(5));
    await old.handle(SIGHTINGS, 0, await spoken(...sightings));
    await inbox.wish(`tally:${SIGHTINGS}:0:1`, 'redrive', 'system');
    old.settleNow();
    await eventually(async () => (await inbox.readTrail(`tally:${SIGHTINGS}:0:1`)).length === 2);
    expect(await inbox.listParked({ limit: 1 })).toMatchObject([{ kind: 'unknown-version' }]);
    await old.stop();
    const mended = await deploy(knowing(10));
    mended.settleNow();
    await eventually(async () => (await inbox.countParked()) === 0);
    expect(await countsOf(store, 'wood')).toEqual([1, 7, 3]);
  });

  it('48: is never skipped: only what the contract says no step hears is', async () => {
    const { join, sum, inbox } = setUp({
      decode: (record) =>
        record.key === 'lake' ? { kind: 'ignored', why: 'no step hears it' } : knowing(5, 'unknown-type')(record),
    });
    await (await join()).handle(await spoken(...sightings));
    expect(sum('ignored')).toBe(1);
    expect((await inbox.listParked({ limit: 9 })).map(({ kind }) => kind)).toEqual(['unknown-type', 'queued']);
  });
});

describe('everything that is parked', () => {
  it('54: redriven twice while more arrives is applied once, in order per key, and each wish is on the trail', async () => {
    let broken = true;
    const { store, inbox, deploy } = service();
    const group = await deploy((record) => {
      if (broken && record.key !== 'lake') throw new Error('not yet mended');
      return decodeSighting(record);
    });
    const places = ['wood', 'hill', 'lake'];
    const records = await spoken(...Array.from({ length: 60 }, (_, birds) => ({ place: places[birds % 3]!, birds })));
    await group.handle(SIGHTINGS, 0, records.slice(0, 30));
    const parked = await inbox.listParked({ limit: 100 });
    expect(parked).toHaveLength(20);
    broken = false;
    const redriveAll = async (actor: string): Promise<void> => {
      for (const { id } of parked) await inbox.wish(id, 'redrive', actor);
      group.settleNow();
    };
    await Promise.all([
      redriveAll('ada'),
      group.handle(SIGHTINGS, 0, records.slice(30, 45)),
      redriveAll('grace'),
      group.handle(SIGHTINGS, 0, records.slice(45)),
    ]);
    await eventually(async () => {
      group.settleNow();
      return (await inbox.countParked()) === 0;
    });
    for (const [index, place] of places.entries())
      expect(await countsOf(store, place)).toEqual(Array.from({ length: 20 }, (_, round) => round * 3 + index));
    for (const { id } of parked) {
      const trail = await inbox.readTrail(id);
      expect(trail.filter(({ action }) => action === 'redriven')).toHaveLength(1);
      expect(trail.map(({ actor }) => actor)).toContain('ada');
    }
  });

  it('waits behind one of its key whose fate could not be stored', async () => {
    let broken = true;
    const store = newStore();
    const inner = memoryInbox(store, { now: () => START });
    const head = `tally:${SIGHTINGS}:0:0`;
    const { join, inbox } = setUp({
      service: countingService(store),
      inbox: {
        ...inner,
        commit: async (batch) => {
          if (broken && batch.settled.some(({ id }) => id === head))
            throw new MessagingError('unavailable', 'too slow');
          return inner.commit(batch);
        },
      },
    });
    const consumer = await join();
    await consumer.handle(await spoken({ place: 'wood', birds: 1, command: 'Explode' }, { place: 'wood', birds: 2 }));
    await inbox.wish(head, 'discard', 'ada');
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await countsOf(store, 'wood')).toEqual([]);
    expect(await inbox.countParked()).toBe(2);
    broken = false;
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await countsOf(store, 'wood')).toEqual([2]);
  });

  it('is settled once the database is back, also when no new record is there to show it', async () => {
    let isAway = true;
    const store = newStore();
    const inner = memoryInbox(store, { now: () => START });
    const breaker = circuitBreaker({ chance: () => 0.5 });
    const { join, inbox } = setUp({
      ...{ service: countingService(store), breaker },
      inbox: {
        ...inner,
        commit: async (batch) => {
          if (breaker.isOpen() && isAway) throw new MessagingError('unavailable', 'no route');
          return inner.commit(batch);
        },
      },
    });
    const consumer = await join();
    await consumer.handle(await spoken({ place: 'wood', birds: 1, command: 'Explode' }, { place: 'wood', birds: 2 }));
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'discard', 'ada');
    breaker.away(`${SIGHTINGS}/1`, new Error('no route'));
    await consumer.settle(await inbox.listWishes('tally'));
    expect([breaker.isOpen(), await inbox.countParked()]).toEqual([true, 2]);
    isAway = false;
    await consumer.settle(await inbox.listWishes('tally'));
    expect([breaker.isOpen(), await inbox.countParked()]).toEqual([false, 0]);
    expect(await countsOf(store, 'wood')).toEqual([2]);
  });

  it('is not passed over when the service’s own words about it fail: it is read again under a new claim', async () => {
    let broken = true;
    const { join, store, inbox } = setUp({
      announceParked: () => {
        if (broken) throw new Error('a bug');
        return undefined;
      },
    });
    const records = await spoken({ place: 'wood', birds: 1, command: 'Explode' }, { place: 'lake', birds: 2 });
    const consumer = await join();
    await expect(consumer.handle(records)).rejects.toThrow('a bug');
    broken = false;
    await expect(consumer.handle(records)).resolves.toEqual({ outcome: 'fenced', nextOffset: '0' });
    await (await join()).handle(records);
    expect([await inbox.countParked(), await countsOf(store, 'lake')]).toEqual([1, [2]]);
  });

  it('is announced by the service when it is parked and when it is parked no more', async () => {
    const said = (what: string, key: string | null, id: number) => ({
      ...{ streamId: `parked-${key}`, eventId: `00000000-0000-4000-8000-00000000000${id}`, type: what },
      ...{ schemaVersion: 1, data: '{}', metadata: { correlationId: '', causationId: '', actor: 'inbox', hop: 0 } },
    });
    let broken = true;
    const { join, store, inbox } = setUp({
      decode: (record) => {
        if (broken) throw new Error('not yet mended');
        return decodeSighting(record);
      },
      announceParked: ({ key }) => said('RecordParked', key, 1),
      announceUnparked: ({ key }, { outcome }) => said(`RecordUnparked: ${outcome}`, key, 2),
    });
    const consumer = await join();
    await consumer.handle(await spoken({ place: 'wood', birds: 2 }));
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'redrive', 'ada');
    await consumer.settle(await inbox.listWishes('tally'));
    broken = false;
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'redrive', 'ada');
    await consumer.settle(await inbox.listWishes('tally'));
    expect((await store.readLog(0, 0, 10)).map(({ type }) => type)).toEqual([
      ...['RecordParked', 'Counted', 'RecordUnparked: redriven'],
    ]);
  });
});
