import { EventStoreError, type EventStore } from '@murmuration/event-store';
import {
  countsOf,
  countingService,
  decodeSighting,
  newStore,
  SIGHTINGS,
  START,
  type CountCommand,
} from '../flock.fixture';
import type { DecodeRecord } from '../heard';
import type { Inbox } from '../inbox.port';
import type { Inbound } from '../link';
import { memoryInbox } from '../memory/memory-inbox';
import { renumbered, setUp, spoken } from './consumer.fixture';

describe('a consumer of one topic-partition', () => {
  it('stores what its step decides, with the path that led there', async () => {
    const { store, join } = setUp();
    const [record] = await spoken({ place: 'lake', birds: 3 });
    await expect((await join()).handle([record!])).resolves.toEqual({ outcome: 'applied', nextOffset: '1' });
    const [stored] = await store.readLog(0, 0, 10);
    expect(stored).toMatchObject({
      ...{ streamId: 'place-lake', type: 'Counted' },
      metadata: { causationId: record!.headers['ce_id'], actor: 'step:count-birds', hop: 1, correlationId: 'saga-1' },
    });
  });

  it('decides a batch in order on carried state and stores it at once', async () => {
    const { store, join, all } = setUp();
    const records = await spoken(...[1, 2, 3, 4].map((birds) => ({ place: birds % 2 ? 'lake' : 'wood', birds })));
    await (await join()).handle(records);
    expect(await countsOf(store, 'lake')).toEqual([1, 3]);
    expect(await countsOf(store, 'wood')).toEqual([2, 4]);
    expect(all('batch')).toMatchObject([{ records: 4, applied: 4, events: 4, duplicates: 0 }]);
  });

  it('cuts what was fetched into batches of bounded size', async () => {
    const { store, join, all } = setUp({ recordsPerBatchMax: 10 });
    await (await join()).handle(await spoken(...Array.from({ length: 25 }, (_, birds) => ({ place: 'lake', birds }))));
    expect(all('batch').map((batch) => batch['records'])).toEqual([10, 10, 5]);
    expect(await countsOf(store, 'lake')).toEqual(Array.from({ length: 25 }, (_, birds) => birds));
  });

  it('takes a handler that answers later like one that answers at once', async () => {
    const decode: DecodeRecord<CountCommand> = async (record) => decodeSighting(record);
    const { store, join } = setUp({ decode });
    await (await join()).handle(await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds }))));
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3]);
  });
});

describe('delivery', () => {
  it('1, 2: the same event again, at once or much later, is a no-op by watermark', async () => {
    const { store, join, sum } = setUp();
    const [first, second] = await spoken({ place: 'lake', birds: 1 }, { place: 'lake', birds: 2 });
    const consumer = await join();
    await consumer.handle(renumbered([first, first, second]));
    await consumer.handle(renumbered([first, second], 3));
    await (await join()).handle(renumbered([second, first], 5));
    expect(await countsOf(store, 'lake')).toEqual([1, 2]);
    expect(sum('duplicates')).toBe(5);
    expect((await join()).nextOffset()).toBe('7');
  });

  it('3: the ids of what follows derive from the heard event, so that a fact under one id is stored once', async () => {
    const { store, join } = setUp();
    const [record] = await spoken({ place: 'lake', birds: 1 });
    await (await join()).handle([record!]);
    const again = setUp({ service: countingService(store) });
    await expect((await again.join()).handle([record!])).resolves.toMatchObject({ outcome: 'applied' });
    expect(await store.lastPosition(0)).toBe(1);
  });

  it('5: a gap waits, the others flow, an alert is raised, and what was held is applied in order once it closes', async () => {
    const { store, join, all, inbox } = setUp();
    const [one, two, three, four] = await spoken(...[1, 2, 3, 4].map((birds) => ({ place: 'lake', birds })));
    const other = (await spoken({ place: 'sea', birds: 9 })).map((record) => ({
      ...record,
      headers: { ...record.headers, mm_source: 'ships' },
    }));
    const consumer = await join();
    await expect(consumer.handle(renumbered([one, four, three, ...other]))).resolves.toEqual({
      outcome: 'applied',
      nextOffset: '1',
    });
    expect(await countsOf(store, 'lake')).toEqual([1]);
    expect(await countsOf(store, 'sea')).toEqual([9]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(all('gapAlert')).toMatchObject([{ source: 'sightings', after: { position: 1 }, heldRecords: 2 }]);
    await expect(consumer.handle(renumbered([two], 4))).resolves.toMatchObject({ nextOffset: '5' });
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3, 4]);
    expect(all('gapClosed')).toHaveLength(1);
    expect(await inbox.countParked()).toBe(0);
  });

  it('5: a gap survives a restart: what was held is read again, and what had flowed is a duplicate', async () => {
    const { store, join } = setUp();
    const [one, two, three] = await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds })));
    await (await join()).handle(renumbered([one, three]));
    const restarted = await join();
    expect(restarted.nextOffset()).toBe('1');
    await restarted.handle(renumbered([three, two], 1));
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3]);
    expect(restarted.nextOffset()).toBe('3');
  });

  it('5: a gap longer than what can be held is read again from where holding ended', async () => {
    const { store, join } = setUp({ heldRecordsMax: 2 });
    const [one, two, ...rest] = await spoken(...[1, 2, 3, 4, 5, 6].map((birds) => ({ place: 'lake', birds })));
    const log = renumbered([one, ...rest, two]);
    const consumer = await join();
    const first = await consumer.handle(log);
    expect(first).toMatchObject({ outcome: 'applied', seekTo: '3' });
    await expect(consumer.handle(log.slice(Number(first.seekTo)))).resolves.toMatchObject({ nextOffset: '6' });
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('7: a consumer that begins behind what the topic still has waits for the lost records instead of going on', async () => {
    const { store, join, all } = setUp();
    const [, ...rest] = await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds })));
    await (await join()).handle(rest);
    expect(await store.lastPosition(0)).toBe(0);
    expect(all('gapOpened')).toHaveLength(1);
  });

  it('6: a topic replayed from its beginning changes nothing', async () => {
    const { store, join, sum } = setUp();
    const records = await spoken(...Array.from({ length: 40 }, (_, birds) => ({ place: `p${birds % 7}`, birds })));
    await (await join()).handle(records);
    const before = await store.readLog(0, 0, 1000);
    await (await join()).handle(renumbered(records, 40));
    expect(await store.readLog(0, 0, 1000)).toEqual(before);
    expect(sum('duplicates')).toBe(40);
  });

  it('8: a group that lost its offsets goes on from the database', async () => {
    const { store, join } = setUp();
    const records = await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds })));
    await (await join()).handle(records.slice(0, 2));
    const restarted = await join();
    expect(restarted.claim.nextOffset).toBe('2');
    await restarted.handle(records);
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3]);
  });

  it('33: a source that lost what it had sent stops the topic-partition, after what came before', async () => {
    const { store, join, all } = setUp();
    const records = await spoken(...[1, 2].map((birds) => ({ place: 'lake', birds })));
    const rewritten = await spoken(...[1, 7, 8].map((birds) => ({ place: 'lake', birds })));
    const consumer = await join();
    await consumer.handle(records);
    const [, , third] = renumbered(rewritten, 2);
    await expect(consumer.handle([{ ...third!, offset: '2' }])).resolves.toMatchObject({ outcome: 'halted' });
    expect(await countsOf(store, 'lake')).toEqual([1, 2]);
    expect(all('rewound')).toMatchObject([{ offset: '2', watermark: { position: 2 } }]);
  });
});

describe('who may apply', () => {
  it('33: a consumer whose own database lost its last transactions is fenced, and applies what was lost under a new claim', async () => {
    const records = await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds })));
    const restored = setUp();
    await (await restored.join()).handle(records.slice(0, 1));
    const lost = setUp();
    let current: Inbox = lost.inbox;
    const inbox: Inbox = {
      ...lost.inbox,
      claim: (...place) => current.claim(...place),
      commit: (batch) => current.commit(batch),
    };
    const reader = {
      readStreams: (streams: Parameters<EventStore['readStreams']>[0]) =>
        (current === lost.inbox ? lost : restored).store.readStreams(streams),
    };
    const { join, all } = setUp({ service: lost.service, inbox, reader });
    const consumer = await join();
    for (const record of records.slice(0, 2)) await consumer.handle([record]);
    current = restored.inbox;
    await expect(consumer.handle(records.slice(2))).resolves.toMatchObject({ outcome: 'fenced' });
    expect(all('fenced')).toHaveLength(1);
    const heir = await join();
    expect(heir.nextOffset()).toBe('1');
    await heir.handle(records.slice(1));
    expect(await countsOf(restored.store, 'lake')).toEqual([1, 2, 3]);
  });

  it('35: a zombie is fenced by the epoch of the newer claim and stores nothing', async () => {
    const { store, join, all } = setUp();
    const records = await spoken(...[1, 2].map((birds) => ({ place: 'lake', birds })));
    const zombie = await join();
    const heir = await join();
    await expect(zombie.handle(records)).resolves.toMatchObject({ outcome: 'fenced', nextOffset: '0' });
    expect(await store.lastPosition(0)).toBe(0);
    await expect(heir.handle(records)).resolves.toMatchObject({ outcome: 'applied' });
    expect(await countsOf(store, 'lake')).toEqual([1, 2]);
    expect(all('fenced')).toHaveLength(1);
    await expect(zombie.handle(records)).resolves.toMatchObject({ outcome: 'fenced' });
  });

  it('decides a batch anew when a stream was written meanwhile by another process', async () => {
    const { store, service, join, all } = setUp();
    const records = await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds })));
    const consumer = await join();
    await consumer.handle(records.slice(0, 1));
    await countingService(store).execute({ type: 'Count', place: 'lake', birds: 50 });
    await consumer.handle(records.slice(1));
    expect(await countsOf(store, 'lake')).toEqual([1, 50, 2, 3]);
    expect(all('conflict')).toHaveLength(1);
    await service.execute({ type: 'Count', place: 'lake', birds: 60 });
    expect(all('conflict')).toHaveLength(1);
  });

  it('stores record by record once others keep winning, and parks none of them', async () => {
    const store = newStore();
    const service = countingService(store);
    const rival = countingService(store);
    const inner = memoryInbox(store, { now: () => START });
    let rivalry = 6;
    const inbox: Inbox = {
      ...inner,
      commit: async (batch) => {
        if (rivalry-- > 0) await rival.execute({ type: 'Count', place: 'lake', birds: 100 });
        return inner.commit(batch);
      },
    };
    const { join, all } = setUp({ service, inbox });
    await (await join()).handle(await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds }))));
    expect((await countsOf(store, 'lake')).filter((birds) => birds < 100)).toEqual([1, 2, 3]);
    expect(all('conflict')).toHaveLength(6);
    expect(await inbox.countParked()).toBe(0);
  });

  it('31: a database that is away parks nothing; the same work is done once it is back', async () => {
    const store = newStore();
    let awayFor = 4;
    const away = <Result>(work: () => Promise<Result>): Promise<Result> =>
      awayFor-- > 0 ? Promise.reject(new EventStoreError('unavailable', 'no route')) : work();
    const flaky: EventStore = { ...store, readStreams: (streams) => away(() => store.readStreams(streams)) };
    const service = countingService(store);
    const { join, all, inbox } = setUp({ service, reader: flaky });
    await (await join()).handle(await spoken({ place: 'lake', birds: 1 }));
    expect(await countsOf(store, 'lake')).toEqual([1]);
    expect(all('retrying').length).toBeGreaterThan(0);
    expect(await inbox.countParked()).toBe(0);
  });

  it('32: a commit whose outcome is unknown is sent again as it was, and stored once', async () => {
    const store = newStore();
    const service = countingService(store);
    const inner = memoryInbox(store, { now: () => START });
    let cuts = 1;
    const inbox: Inbox = {
      ...inner,
      commit: async (batch) => {
        const verdict = await inner.commit(batch);
        if (cuts-- > 0) throw new EventStoreError('unavailable', 'cut after COMMIT');
        return verdict;
      },
    };
    const { join } = setUp({ service, inbox });
    const records = await spoken(...[1, 2].map((birds) => ({ place: 'lake', birds })));
    const consumer = await join();
    await expect(consumer.handle(records)).resolves.toEqual({ outcome: 'applied', nextOffset: '2' });
    expect(await countsOf(store, 'lake')).toEqual([1, 2]);
  });

  it('37: ends its waiting when told to stop', async () => {
    const store = newStore();
    const reader = { readStreams: () => Promise.reject(new EventStoreError('unavailable', 'for ever')) };
    const { join } = setUp({ service: countingService(store), reader });
    const consumer = await join();
    const handling = consumer.handle(await spoken({ place: 'lake', birds: 1 }));
    consumer.abandon();
    await expect(handling).resolves.toEqual({ outcome: 'abandoned', nextOffset: '0' });
  });
});

describe('a record that cannot be applied', () => {
  it('counts a declared refusal as stale, with the reason', async () => {
    const { store, join, all, inbox } = setUp();
    await (
      await join()
    ).handle(
      await spoken(
        { place: 'lake', birds: 1 },
        { place: 'lake', birds: 2, command: 'Ignore' },
        { place: 'lake', birds: 3 },
      ),
    );
    expect(await countsOf(store, 'lake')).toEqual([1, 3]);
    expect(all('stale')).toEqual([{ offset: '1', step: 'count-birds', reason: 'NothingToCount' }]);
    expect(await inbox.countParked()).toBe(0);
  });

  it.each([
    ['42: whose rules fail', 'Explode', 'Explode failed: a bug in the rules'],
    ['that is refused without having declared it', 'Forbid', 'refused: PlaceIsClosed'],
  ] as const)(
    '%s parks its key with the reason; later ones of the key join its queue; the others flow',
    async (_, command, reason) => {
      const { store, join, inbox } = setUp();
      const records = await spoken(
        ...[
          { place: 'lake', birds: 1 },
          { place: 'wood', birds: 2, command },
          { place: 'wood', birds: 3 },
        ],
        ...[
          { place: 'lake', birds: 4 },
          { place: 'wood', birds: 5 },
        ],
      );
      const consumer = await join();
      await consumer.handle(records.slice(0, 4));
      await consumer.handle(records.slice(4));
      expect(await countsOf(store, 'lake')).toEqual([1, 4]);
      expect(await countsOf(store, 'wood')).toEqual([]);
      expect(await inbox.listParked({ limit: 10 })).toMatchObject([
        { id: `tally:${SIGHTINGS}:0:1`, kind: 'failed', reason, key: 'wood', step: 'count-birds', holdsKey: true },
        { id: `tally:${SIGHTINGS}:0:2`, kind: 'queued' },
        { id: `tally:${SIGHTINGS}:0:4`, kind: 'queued' },
      ]);
      expect(consumer.nextOffset()).toBe('5');
      expect((await join()).claim.parkedKeys).toEqual(new Map([['wood', 3]]));
    },
  );

  it('stores nothing of a record of which only the second command fails', async () => {
    const decode: DecodeRecord<CountCommand> = (record) => {
      const { birds, place } = JSON.parse(record.value!.toString()) as { birds: number; place: string };
      const decoded = decodeSighting(record);
      if (decoded instanceof Promise || decoded.kind !== 'heard') throw new Error('expected a sighting');
      const second: CountCommand[] = birds === 2 ? [{ type: 'Forbid', place }] : [];
      return { ...decoded, reaction: { ...decoded.reaction, commands: [...decoded.reaction.commands, ...second] } };
    };
    const { store, join, inbox, service } = setUp({ decode });
    const sightings = [1, 2, 3].map((birds) => ({ place: birds === 3 ? 'wood' : 'lake', birds }));
    await (await join()).handle(await spoken(...sightings));
    expect(await countsOf(store, 'lake')).toEqual([1]);
    expect(await countsOf(store, 'wood')).toEqual([3]);
    expect(await inbox.countParked()).toBe(1);
    await service.execute({ type: 'Count', place: 'lake', birds: 9 });
    expect(await countsOf(store, 'lake')).toEqual([1, 9]);
  });

  it('41: is parked with its bytes when they cannot be read, and moves the watermark on', async () => {
    const { store, join, inbox } = setUp();
    const [one, two, three] = await spoken(...['lake', 'wood', 'lake'].map((place, birds) => ({ place, birds })));
    const garbled = { ...two!, value: Buffer.from([0xff, 0x00, 0x7b]) };
    await (await join()).handle([one!, garbled, three!]);
    expect(await countsOf(store, 'lake')).toEqual([0, 2]);
    const [parked] = await inbox.listParked({ limit: 10 });
    expect(parked).toMatchObject({ kind: 'undecodable', key: 'wood', value: garbled.value, holdsKey: true });
  });

  it('41: is parked under its offset alone when it carries no valid link', async () => {
    const { store, join, inbox } = setUp();
    const [one, two] = await spoken(...[1, 2].map((birds) => ({ place: 'lake', birds })));
    const stranger: Inbound = { ...one!, headers: {}, value: Buffer.from('random') };
    const consumer = await join();
    await consumer.handle(renumbered([one, stranger, two]));
    expect(await countsOf(store, 'lake')).toEqual([1, 2]);
    expect(await inbox.listParked({ limit: 10 })).toMatchObject([
      { kind: 'undecodable', holdsKey: false, offset: '1' },
    ]);
    expect(consumer.nextOffset()).toBe('3');
  });

  it('is parked when its handler fails, unless the failure says that it may be tried again', async () => {
    let tries = 0;
    const decode: DecodeRecord<CountCommand> = (record) => {
      const { birds } = JSON.parse(record.value!.toString()) as { birds: number };
      if (birds === 1) throw new Error('a bug in the binding');
      if (birds === 2 && tries++ < 2) throw new EventStoreError('unavailable', 'soon');
      return decodeSighting(record);
    };
    const { store, join, inbox } = setUp({ decode });
    await (await join()).handle(await spoken({ place: 'lake', birds: 1 }, { place: 'wood', birds: 2 }));
    expect(await countsOf(store, 'wood')).toEqual([2]);
    expect(await inbox.listParked({ limit: 10 })).toMatchObject([{ reason: 'a bug in the binding', key: 'lake' }]);
  });

  it('is parked when the store refuses its events for good, and the others of its batch are stored', async () => {
    const { store, join, inbox } = setUp();
    await store.archive('place-wood');
    await (await join()).handle(await spoken(...['lake', 'wood', 'hill'].map((place, birds) => ({ place, birds }))));
    expect(await countsOf(store, 'lake')).toEqual([0]);
    expect(await countsOf(store, 'hill')).toEqual([2]);
    expect(await inbox.listParked({ limit: 10 })).toMatchObject([
      { key: 'wood', reason: 'stream place-wood is closed for ever' },
    ]);
  });

  it('43: that ends the process is parked after three starts; what lies around it is applied', async () => {
    const sightings = [1, 2, 3, 4].map((birds) => ({ place: `p${birds}`, birds }));
    const records = await spoken(...sightings);
    let deaths = 0;
    const decode: DecodeRecord<CountCommand> = (record) => {
      if (record.offset !== '2') return decodeSighting(record);
      deaths += 1;
      // A process that dies never answers.
      return new Promise(() => undefined);
    };
    const { store, join, inbox } = setUp({ decode });
    for (let start = 0; start < 8 && (await inbox.countParked()) === 0; start++) {
      const consumer = await join();
      const left = records.slice(Number(consumer.nextOffset()));
      const soon = new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.race([consumer.handle(left), soon]);
    }
    expect(deaths).toBeLessThanOrEqual(5);
    expect(await inbox.listParked({ limit: 9 })).toMatchObject([
      { offset: '2', reason: '3 processes ended while they handled it' },
    ]);
    await (await join()).handle(records.slice(3));
    for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual(birds === 3 ? [] : [birds]);
  });

  it('is told to the service itself in the statement that parks it', async () => {
    const { store, join } = setUp({
      announceParked: ({ key }) => ({
        ...{ streamId: `parked-${key}`, eventId: '00000000-0000-4000-8000-000000000001', type: 'RecordParked' },
        ...{ schemaVersion: 1, data: '{}', metadata: { correlationId: '', causationId: '', actor: 'inbox', hop: 0 } },
      }),
    });
    await (await join()).handle(await spoken({ place: 'wood', birds: 2, command: 'Forbid' }));
    expect((await store.readLog(0, 0, 10)).map(({ streamId }) => streamId)).toEqual(['parked-wood']);
  });
});

describe('parked records', () => {
  const repairable = () => {
    let broken = true;
    const decode: DecodeRecord<CountCommand> = (record) => {
      if (broken && record.key === 'wood') throw new Error('not yet mended');
      return decodeSighting(record);
    };
    return { decode, mend: () => (broken = false) };
  };
  const sightings = ['wood', 'lake', 'wood', 'wood'].map((place, birds) => ({ place, birds }));

  it('41: are redriven in order after the fix, and what comes after them flows again', async () => {
    const { decode, mend } = repairable();
    const { store, join, inbox, all } = setUp({ decode });
    const records = await spoken(...sightings, { place: 'wood', birds: 4 });
    const consumer = await join();
    await consumer.handle(records.slice(0, 4));
    expect(await inbox.countParked()).toBe(3);
    mend();
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'redrive', 'operator');
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await countsOf(store, 'wood')).toEqual([0, 2, 3]);
    expect(all('unparked')).toEqual([{ key: 'wood' }]);
    await consumer.handle(records.slice(4));
    expect(await countsOf(store, 'wood')).toEqual([0, 2, 3, 4]);
    expect(await inbox.countParked()).toBe(0);
  });

  it('keep the rest of their key waiting when they fail again', async () => {
    const { decode } = repairable();
    const { store, join, inbox } = setUp({ decode });
    const consumer = await join();
    await consumer.handle(await spoken(...sightings));
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'redrive', 'operator');
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await countsOf(store, 'wood')).toEqual([]);
    expect(await inbox.countParked()).toBe(3);
    expect(await inbox.listWishes('tally')).toEqual([]);
  });

  it('may be discarded; those that were queued behind them go on by themselves', async () => {
    const { store, join, inbox } = setUp();
    const consumer = await join();
    await consumer.handle(await spoken({ place: 'wood', birds: 1, command: 'Explode' }, { place: 'wood', birds: 2 }));
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'discard', 'operator');
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await countsOf(store, 'wood')).toEqual([2]);
  });

  it('may be edited before they are redriven', async () => {
    const { store, join, inbox } = setUp();
    const consumer = await join();
    await consumer.handle(await spoken({ place: 'wood', birds: 1, command: 'Explode' }));
    const id = `tally:${SIGHTINGS}:0:0`;
    const parked = await inbox.findParked(id);
    const value = Buffer.from(JSON.stringify({ place: 'wood', birds: 12 }));
    await inbox.edit(id, { value, headers: parked!.headers }, 'operator');
    await inbox.wish(id, 'redrive', 'operator');
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await countsOf(store, 'wood')).toEqual([12]);
  });

  it('54: redriven twice, by two operators, are applied once', async () => {
    const { decode, mend } = repairable();
    const { store, join, inbox } = setUp({ decode });
    const consumer = await join();
    await consumer.handle(await spoken(...sightings));
    mend();
    await inbox.wish(`tally:${SIGHTINGS}:0:0`, 'redrive', 'operator');
    const wishes = await inbox.listWishes('tally');
    await Promise.all([consumer.settle(wishes), consumer.settle(wishes)]);
    expect(await countsOf(store, 'wood')).toEqual([0, 2, 3]);
    await expect(inbox.wish(`tally:${SIGHTINGS}:0:0`, 'redrive', 'another')).resolves.toBe('not-parked');
  });
});
