import { countsOf, countingService } from '../flock.fixture';
import type { Inbound } from '../link';
import { renumbered, setUp, spoken } from './consumer.fixture';

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

  describe('5: when no more can be held, what is missing comes late, and', () => {
    /** Hands over one record at a time, from where the consumer says. */
    const handOver = async (log: readonly Inbound[], heldRecordsMax: number) => {
      const { store, join } = setUp({ heldRecordsMax });
      const consumer = await join();
      for (let [offset, turns] = [0, 3 * log.length]; offset < log.length && turns > 0; turns--) {
        const { seekTo } = await consumer.handle(log.slice(offset, offset + 1));
        offset = seekTo === undefined ? offset + 1 : Number(seekTo);
      }
      return { store, nextOffset: consumer.nextOffset() };
    };

    it('a second one is missing behind it, then the rest is read again and applied all the same', async () => {
      const [one, two, three, four, five, six, seven] = await spoken(
        ...[1, 2, 3, 4, 5, 6, 7].map((birds) => ({ place: 'lake', birds })),
      );
      // Two and four are missing, three and five are held, and there is no room for six. Two makes some, when seven comes.
      const { store, nextOffset } = await handOver(renumbered([one, three, five, six, two, seven, four]), 2);
      expect(await countsOf(store, 'lake')).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(nextOffset).toBe('7');
    });

    it('another source takes all the room, then the rest is read again and applied all the same', async () => {
      const [one, two, three] = await spoken(...[1, 2, 3].map((birds) => ({ place: 'lake', birds })));
      const [first, , third] = (await spoken(...[7, 8, 9].map((birds) => ({ place: 'sea', birds })))).map((record) => ({
        ...record,
        headers: { ...record.headers, mm_source: 'ships' },
      }));
      const { store } = await handOver(renumbered([first, third, one, three, two]), 1);
      expect(await countsOf(store, 'lake')).toEqual([1, 2, 3]);
      expect(await countsOf(store, 'sea')).toEqual([7]);
    });
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

  it('34: what comes in the place of records that the broker lost after they were applied is applied as well', async () => {
    const { store, join } = setUp();
    const [one, two, three, four, five] = await spoken(...[1, 2, 3, 4, 5].map((birds) => ({ place: 'lake', birds })));
    const consumer = await join();
    await consumer.handle(renumbered([one, two, three]));
    // Two and three are gone from the broker, and read from its beginning it has four where two was.
    await expect(consumer.handle(renumbered([one, four]))).resolves.toMatchObject({ nextOffset: '2' });
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3, 4]);
    const restarted = await join();
    await restarted.handle(renumbered([one, four, five]));
    expect(await countsOf(store, 'lake')).toEqual([1, 2, 3, 4, 5]);
    expect(restarted.nextOffset()).toBe('3');
  });

  it('6: what cannot be read is parked once when it is read again from the beginning', async () => {
    const { join, inbox, all } = setUp();
    const records = await spoken(...[1, 2].map((birds) => ({ place: 'lake', birds })));
    const garbled = renumbered(records.map((record) => ({ ...record, headers: {} })));
    const consumer = await join();
    for (let time = 0; time < 2; time++) await consumer.handle(garbled);
    await (await join()).handle(garbled);
    expect(all('parked')).toHaveLength(2);
    expect(await inbox.countParked()).toBe(2);
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
