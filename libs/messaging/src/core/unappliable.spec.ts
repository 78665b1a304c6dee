import { EventStoreError } from '@murmuration/event-store';
import { countsOf, decodeSighting, SIGHTINGS, type CountCommand } from '../flock.fixture';
import type { DecodeRecord } from '../heard';
import type { Inbound } from '../link';
import { renumbered, setUp, spoken } from './consumer.fixture';

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
