import { EventStoreError, stateCache } from '@murmuration/event-store';
import { reject } from '@murmuration/kernel';
import { counting, countingCodec, countsOf, countingService, newStore, SIGHTINGS, START } from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import { memoryInbox } from '../memory/memory-inbox';
import { SENDS_MAX } from './claim-session';
import { setUp, spoken } from './consumer.fixture';
import { decisionsOf } from './decisions';
import * as group from './group.fixture';

/** Stores every batch, but loses the first answers. */
const losingAnswers = (inner: Inbox, answers: number): Inbox => {
  let left = answers;
  return {
    ...inner,
    commit: async (batch) => {
      const verdict = await inner.commit(batch);
      if (left-- > 0) throw new EventStoreError('unavailable', 'cut after COMMIT');
      return verdict;
    },
  };
};

describe('32: a statement of several topic-partitions whose first answer is lost', () => {
  /** Each place is counted once, and everything else about it is refused. */
  const once = decisionsOf(
    {
      ...counting,
      decide: (command, stateOf) =>
        stateOf(`place-${command.place}`).counts.length > 0
          ? reject({ type: 'PlaceIsClosed' })
          : counting.decide(command, stateOf),
    },
    countingCodec,
    stateCache(),
  );

  it('is done once also where only another topic-partition was claimed anew before it was sent again', async () => {
    let isLost = false;
    const { store, claimAll, handleAll, all, memory } = group.setUp(
      (inner) => ({
        ...inner,
        commitTogether: async (parts, append) => {
          const verdict = await inner.commitTogether(parts, append);
          if (isLost) return verdict;
          isLost = true;
          await inner.claim('tally', SIGHTINGS, 1, 'another');
          throw new EventStoreError('unavailable', 'cut after COMMIT');
        },
      }),
      { decisions: once },
    );
    await claimAll();
    const handled = await handleAll(await group.spoken(...group.PLACES.map((place, birds) => ({ place, birds }))));
    expect(handled.map(({ outcome }) => outcome)).toEqual(['applied', 'fenced', 'applied']);
    expect(await memory.countParked()).toBe(0);
    expect(all('parked')).toEqual([]);
    for (const [birds, place] of group.PLACES.entries()) expect(await countsOf(store, place)).toEqual([birds]);
  });
});

describe('32: a batch of which it stays unknown for long whether it was stored', () => {
  it.each([1, 2, 3, 4, 5])('is done once, and so is what came behind it, after %i lost answers', async (answers) => {
    const store = newStore();
    const inbox = losingAnswers(memoryInbox(store, { now: () => START }), answers);
    const { join, all } = setUp({ service: countingService(store), inbox });
    const records = await spoken(
      { place: 'lake', birds: 1 },
      { place: 'hill', birds: 2, command: 'Forbid' },
      { place: 'wood', birds: 3 },
    );
    const { outcome } = await (await join()).handle(records);
    // When the answer to the question for it is lost as well, only a new claim can tell.
    expect(outcome).toBe(answers > SENDS_MAX ? 'fenced' : 'applied');
    if (outcome === 'fenced') {
      const heir = await join();
      await heir.handle(records.slice(Number(heir.nextOffset())));
    }
    expect([await countsOf(store, 'lake'), await countsOf(store, 'wood')]).toEqual([[1], [3]]);
    expect(all('parked')).toMatchObject([{ key: 'hill', offset: '1' }]);
  });
});
