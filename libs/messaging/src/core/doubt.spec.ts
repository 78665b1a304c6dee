import { EventStoreError } from '@murmuration/event-store';
import { countsOf, countingService, newStore, START } from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import { memoryInbox } from '../memory/memory-inbox';
import { SENDS_MAX } from './claim-session';
import { setUp, spoken } from './consumer.fixture';

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
