import { renumbered, setUp, spoken } from '../core/consumer.fixture';
import { countsOf, hastyClock, SIGHTINGS, START } from '../flock.fixture';
import type { Inbound } from '../link';
import { memoryInbox } from '../memory/memory-inbox';
import { parkedAnnouncer } from './parked-events';

const clock = hastyClock();
const announcing = { clock, ...parkedAnnouncer('tally', () => clock.now()) };
const idOf = (offset: number): string => `tally:${SIGHTINGS}:0:${offset}`;

describe('a record that is parked a second time', () => {
  it('is announced once when it has no link and is read again with what is held for a missing record', async () => {
    const { join, store, inbox } = setUp(announcing);
    const [first, missing, third] = await spoken(
      { place: 'wood', birds: 1 },
      { place: 'wood', birds: 2 },
      { place: 'wood', birds: 3 },
    );
    const garbage: Inbound = { ...first!, key: 'nothing', headers: {} };
    const records = renumbered([first, third, garbage, missing]);
    await (await join()).handle(records.slice(0, 3));
    const consumer = await join();
    expect(consumer.nextOffset()).toBe('1');
    await expect(consumer.handle(records.slice(1))).resolves.toEqual({ outcome: 'applied', nextOffset: '4' });
    expect(await countsOf(store, 'wood')).toEqual([1, 2, 3]);
    expect(await inbox.countParked()).toBe(1);
    const types = (await store.readLog(0, 0, 10)).map(({ type }) => type);
    expect(types.filter((type) => type === 'RecordParked')).toHaveLength(1);
  });

  it('is announced once, and so is that it was dealt with, when the inbox is lost and the log is not', async () => {
    const { join, store, inbox, service } = setUp(announcing);
    const records = await spoken({ place: 'wood', birds: 1, command: 'Forbid' }, { place: 'lake', birds: 2 });
    const consumer = await join();
    await consumer.handle(records.slice(0, 1));
    await inbox.wish(idOf(0), 'discard', 'ada');
    await consumer.settle(await inbox.listWishes('tally'));
    const before = await store.readLog(0, 0, 10);
    expect(before.map(({ type }) => type)).toEqual(['RecordParked', 'RecordUnparked']);

    const empty = memoryInbox(store, { now: () => START });
    const again = await setUp({ ...announcing, service, inbox: empty }).join();
    await again.handle(records);
    expect(await empty.listParked({ limit: 9 })).toMatchObject([{ id: idOf(0) }]);
    await empty.wish(idOf(0), 'discard', 'ada');
    await again.settle(await empty.listWishes('tally'));
    expect(await empty.countParked()).toBe(0);
    expect((await store.readLog(0, 0, 10)).map(({ type }) => type)).toEqual([
      ...['RecordParked', 'RecordUnparked', 'Counted'],
    ]);
  });
});
