import { countsOf, decodeSighting, SIGHTINGS, type CountCommand } from '../flock.fixture';
import type { DecodeRecord } from '../heard';
import { setUp, spoken } from './consumer.fixture';

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

  it.each(['redrive', 'discard'] as const)(
    'stay parked, and the others flow, when what is to be said of their %s is a bug',
    async (wish) => {
      const { decode, mend } = repairable();
      const { store, join, inbox, all } = setUp({
        decode,
        announceUnparked: () => {
          throw new Error('a bug');
        },
      });
      const records = await spoken(...sightings, { place: 'lake', birds: 4 });
      const consumer = await join();
      await consumer.handle(records.slice(0, 4));
      mend();
      await inbox.wish(`tally:${SIGHTINGS}:0:0`, wish, 'operator');
      await expect(consumer.settle(await inbox.listWishes('tally'))).rejects.toThrow('a bug');
      await consumer.handle(records.slice(4));
      expect(await countsOf(store, 'lake')).toEqual([1, 4]);
      expect(await inbox.countParked()).toBe(3);
      expect(all('retrying')).toEqual([]);
    },
  );
});
