import { EventStoreError, type EventStore } from '@murmuration/event-store';
import { countsOf, countingService, decodeSighting, newStore, START, type CountCommand } from '../flock.fixture';
import type { DecodeRecord } from '../heard';
import type { Inbox } from '../inbox.port';
import { memoryInbox } from '../memory/memory-inbox';
import { setUp, spoken } from './consumer.fixture';

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
