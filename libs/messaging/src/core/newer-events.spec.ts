import { derivedId, type EventCodec, stateCache } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import {
  type Counted,
  counting,
  countingCodec,
  countsOf,
  decodeSighting,
  hastyClock,
  newStore,
  SIGHTINGS,
  START,
} from '../flock.fixture';
import { memoryInbox } from '../memory/memory-inbox';
import { spoken } from './consumer.fixture';
import { decisionsOf } from './decisions';
import { type GroupConsumer, groupConsumer } from './group-consumer';
import { stopLater } from './group.fixture';
import { lane } from './lane';

/** Code of tomorrow knows one more type of event. */
const newerCodec: EventCodec<Counted> = {
  ...countingCodec,
  decode: (stored) => countingCodec.decode(stored.type === 'Recounted' ? { ...stored, type: 'Counted' } : stored),
};

describe('a record about a stream in which newer code has stored an event that this does not know', () => {
  it('is parked with the reason, keeps nobody else, and is redriven by itself once code that knows it runs', async () => {
    const store = newStore();
    const inbox = memoryInbox(store, { now: () => START });
    const deploy = async (codec: EventCodec<Counted>): Promise<GroupConsumer> => {
      const group = groupConsumer({
        ...{ groupId: 'tally', holder: 'me', inbox, reader: store, decode: decodeSighting },
        ...{ decisions: decisionsOf(counting, codec, stateCache()), clock: hastyClock(), chance: () => 0.5 },
        lane: lane(),
      });
      stopLater(group);
      await group.claim(SIGHTINGS, 0);
      return group;
    };
    const recounted = { ...newerCodec.encode({ type: 'Counted', place: 'wood', birds: 5 }), type: 'Recounted' };
    const metadata = { correlationId: 'c', causationId: 'c', actor: 'tomorrow', hop: 0 };
    const event = { ...recounted, streamId: 'place-wood', eventId: derivedId('recounted', 'wood'), metadata };
    await store.append({ checks: [], events: [event] });

    const old = await deploy(countingCodec);
    await old.handle(SIGHTINGS, 0, await spoken({ place: 'wood', birds: 1 }, { place: 'lake', birds: 2 }));
    expect(await countsOf(store, 'lake')).toEqual([2]);
    const stillParked = async (): Promise<void> => {
      const [record, ...others] = await inbox.listParked({ limit: 9 });
      expect([record?.kind, record?.key, others.length]).toEqual(['unknown-type', 'wood', 0]);
      expect(record?.reason).toContain('not known here: Recounted of version 1');
    };
    await stillParked();
    await old.stop();

    const oldAgain = await deploy(countingCodec);
    oldAgain.settleNow();
    await eventually(async () =>
      (await inbox.readTrail(`tally:${SIGHTINGS}:0:0`)).some(({ action }) => action === 'failed-again'),
    );
    await stillParked();
    await oldAgain.stop();

    const newer = await deploy(newerCodec);
    newer.settleNow();
    await eventually(async () => (await inbox.countParked()) === 0);
    const stored = (await store.readStreams([{ streamId: 'place-wood' }])).get('place-wood') ?? [];
    expect(stored.map((each) => newerCodec.decode(each).birds)).toEqual([5, 1]);
  });
});
