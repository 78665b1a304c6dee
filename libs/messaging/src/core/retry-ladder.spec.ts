import type { EventStore } from '@murmuration/event-store';
import { epochMs } from '@murmuration/kernel';
import { countsOf, countingService, decodeSighting, newStore, START } from '../flock.fixture';
import type { Inbox, InboxBatch } from '../inbox.port';
import { memoryInbox } from '../memory/memory-inbox';
import { MessagingError } from '../messaging-error';
import { away, failing, renumbered, RETRY_BUDGET_MS, setUp, spoken, writes } from './consumer.fixture';

const pausedMs = (subject: ReturnType<typeof failing>): number =>
  subject.all('retrying').reduce((sum, { pauseMs }) => sum + Number(pauseMs), 0);

describe('the retry ladder', () => {
  it.each([
    ['among others', ['lake', 'wood', 'wood', 'hill']],
    ['before all others', ['wood', 'wood', 'lake', 'hill']],
    ['and nothing else is there', ['wood']],
  ])('42: parks a record within its budget when only its own append fails, %s', async (_, places) => {
    const subject = failing((batch) => (writes(batch, 'wood') ? away() : undefined));
    const { join, store, inbox } = subject;
    await (await join()).handle(await spoken(...places.map((place, birds) => ({ place, birds }))));
    for (const place of ['lake', 'hill'])
      expect(await countsOf(store, place)).toHaveLength(places.filter((one) => one === place).length);
    const [parked, ...queued] = await inbox.listParked({ limit: 10 });
    expect(parked).toMatchObject({
      key: 'wood',
      kind: 'failed',
      reason: expect.stringContaining('no route') as string,
    });
    expect(queued.map(({ kind }) => kind)).toEqual(
      places
        .filter((one) => one === 'wood')
        .slice(1)
        .map(() => 'queued'),
    );
    expect(pausedMs(subject)).toBeGreaterThan(RETRY_BUDGET_MS);
    expect(pausedMs(subject)).toBeLessThan(RETRY_BUDGET_MS + 10_000);
  });

  it('parks a record whose streams cannot be read, and reads those of the others', async () => {
    const store = newStore();
    const reader: Pick<EventStore, 'readStreams'> = {
      readStreams: (streams) =>
        streams.some(({ streamId }) => streamId === 'place-wood') ? Promise.reject(away()) : store.readStreams(streams),
    };
    const { join, inbox } = setUp({ service: countingService(store), reader, retryBudgetMs: RETRY_BUDGET_MS });
    await (await join()).handle(await spoken(...['lake', 'wood', 'hill'].map((place, birds) => ({ place, birds }))));
    expect(await countsOf(store, 'lake')).toEqual([0]);
    expect(await countsOf(store, 'hill')).toEqual([2]);
    expect(await inbox.listParked({ limit: 9 })).toMatchObject([{ key: 'wood', kind: 'failed' }]);
  });

  it('parks a record whose binding never gets what it waits for', async () => {
    const { join, store, inbox } = setUp({
      retryBudgetMs: RETRY_BUDGET_MS,
      decode: (record) => {
        if (record.key === 'wood') throw away();
        return decodeSighting(record);
      },
    });
    await (await join()).handle(await spoken(...['lake', 'wood', 'hill'].map((place, birds) => ({ place, birds }))));
    expect(await countsOf(store, 'hill')).toEqual([2]);
    expect(await inbox.listParked({ limit: 9 })).toMatchObject([{ key: 'wood', kind: 'failed' }]);
  });

  it('tries a conflict again at once, then with pauses, and parks the key when others never stop winning', async () => {
    const store = newStore();
    const rival = countingService(store);
    const inner = memoryInbox(store, { now: () => START });
    let attempts = 0;
    const inbox: Inbox = {
      ...inner,
      commit: async (batch) => {
        if (writes(batch, 'wood')) {
          attempts += 1;
          await rival.execute({ type: 'Count', place: 'wood', birds: 100 });
        }
        return inner.commit(batch);
      },
    };
    const { join, all } = setUp({ service: countingService(store), inbox, retryBudgetMs: RETRY_BUDGET_MS });
    await (await join()).handle(await spoken(...['lake', 'wood', 'hill'].map((place, birds) => ({ place, birds }))));
    expect(await countsOf(store, 'lake')).toEqual([0]);
    expect(await countsOf(store, 'hill')).toEqual([2]);
    expect(all('parked')).toMatchObject([
      { key: 'wood', kind: 'failed', reason: expect.stringMatching(/^other writers won \d+ times$/) as string },
    ]);
    expect(attempts).toBeGreaterThan(10);
    expect(all('breakerOpened')).toEqual([]);
  });

  it.each(['Explode', 'Forbid'] as const)('parks what fails for good at once: %s', async (command) => {
    const { join, all } = setUp();
    await (await join()).handle(await spoken({ place: 'wood', birds: 1, command }));
    expect(all('parked')).toHaveLength(1);
    expect([...all('retrying'), ...all('conflict')]).toEqual([]);
  });
});

describe('a batch in doubt', () => {
  /** Commits take effect, and this many answers are lost from the first on. */
  const losing = (answers: number) => {
    const store = newStore();
    const inner = memoryInbox(store, { now: () => START });
    let left = answers;
    const inbox: Inbox = {
      ...inner,
      commit: async (batch) => {
        const verdict = await inner.commit(batch);
        if (left-- > 0) throw away();
        return verdict;
      },
    };
    return setUp({ service: countingService(store), inbox });
  };
  const sightings = [1, 2, 3].map((birds) => ({ place: `p${birds % 2}`, birds }));

  it.each([1, 2, 3])('32: is known to be stored once the database answers again, %d answers later', async (answers) => {
    const { join, store, all } = losing(answers);
    await expect((await join()).handle(await spoken(...sightings))).resolves.toEqual({
      ...{ outcome: 'applied', nextOffset: '3' },
    });
    expect([await countsOf(store, 'p1'), await countsOf(store, 'p0')]).toEqual([[1, 3], [2]]);
    expect(all('batch')).toMatchObject([{ applied: 3 }]);
  });

  it.each([4, 9])('32: is left to a new claim when it cannot be told apart from the question: %d', async (answers) => {
    const { join, store } = losing(answers);
    const records = await spoken(...sightings);
    await expect((await join()).handle(records)).resolves.toMatchObject({ outcome: 'fenced' });
    const heir = await join();
    expect(heir.nextOffset()).toBe('3');
    await heir.handle(records);
    expect([await countsOf(store, 'p1'), await countsOf(store, 'p0')]).toEqual([[1, 3], [2]]);
  });

  it('32: is never taken for the question that may have been stored before it', async () => {
    const store = newStore();
    const inner = memoryInbox(store, { now: () => START });
    const lost = { reads: 1, answers: 1 };
    const inbox: Inbox = {
      ...inner,
      commit: async (batch) => {
        const verdict = await inner.commit(batch);
        if (lost.answers-- > 0) throw away();
        return verdict;
      },
    };
    const reader: Pick<EventStore, 'readStreams'> = {
      readStreams: (streams) => (lost.reads-- > 0 ? Promise.reject(away()) : store.readStreams(streams)),
    };
    const { join } = setUp({ service: countingService(store), inbox, reader });
    await (await join()).handle(await spoken(...sightings));
    expect([await countsOf(store, 'p1'), await countsOf(store, 'p0')]).toEqual([[1, 3], [2]]);
  });

  it('32: that arrives late, after another was stored in its place, changes nothing', async () => {
    const store = newStore();
    const inner = memoryInbox(store, { now: () => START });
    const late: InboxBatch[] = [];
    const inbox: Inbox = {
      ...inner,
      commit: async (batch) => {
        if (late.length < 3) {
          late.push(batch);
          throw away();
        }
        return inner.commit(batch);
      },
    };
    const { join } = setUp({ service: countingService(store), inbox });
    const records = await spoken(...sightings);
    const consumer = await join();
    await consumer.handle(records.slice(0, 2));
    for (const batch of late) await inner.commit(batch);
    await consumer.handle(records.slice(2));
    for (const batch of late) await inner.commit(batch);
    expect([await countsOf(store, 'p1'), await countsOf(store, 'p0')]).toEqual([[1, 3], [2]]);
    expect(late.every(({ append }) => append.events.length === 2)).toBe(true);
  });
});

describe('a database that is away', () => {
  it('31: opens the breaker: nothing is parked, one record at a time is tried, and all is applied afterwards', async () => {
    let isAway = false;
    const subject = failing(() => (isAway ? away() : undefined));
    const { join, store, inbox, all, sent } = subject;
    const records = await spoken(...Array.from({ length: 60 }, (_, birds) => ({ place: `p${birds % 6}`, birds })));
    const consumer = await join();
    await consumer.handle(records.slice(0, 1));
    isAway = true;
    const handling = consumer.handle(records.slice(1));
    while (sent.length < 200) await new Promise((resolve) => setImmediate(resolve));
    expect(all('breakerOpened')).toHaveLength(1);
    expect(all('breakerClosed')).toEqual([]);
    const triedOnce = sent.slice(20).map(({ append }) => append.events.length);
    expect(Math.max(...triedOnce)).toBeLessThanOrEqual(1);
    expect(epochMs(subject.clock.now()) - epochMs(START)).toBeGreaterThan(3 * RETRY_BUDGET_MS);
    isAway = false;
    await handling;
    expect(all('breakerClosed')).toHaveLength(1);
    expect(all('parked')).toEqual([]);
    expect(await inbox.countParked()).toBe(0);
    for (let place = 0; place < 6; place++)
      expect(await countsOf(store, `p${place}`)).toEqual(Array.from({ length: 10 }, (_, round) => round * 6 + place));
    // Once it flows again the rest goes together.
    expect(sent.at(-1)?.append.events.length).toBe(58);
  });
});

describe('a database that refuses what is to be parked', () => {
  const refusing = (refuses: (parked: InboxBatch['parked'][number]) => boolean) =>
    failing(({ parked }) => (parked.some(refuses) ? new MessagingError('refused', 'as it is') : undefined));
  const garbled = async () => {
    const [one, two, three] = await spoken(...['lake', 'wood', 'hill'].map((place, birds) => ({ place, birds })));
    return renumbered([one, { ...two!, value: Buffer.from([0xff]) }, three]);
  };

  it.each([
    ['the headers', ({ headers }) => Object.keys(headers).length > 0, { key: 'wood', holdsKey: true, headers: {} }],
    ['the headers and the value', ({ value }) => value !== null, { key: 'wood', holdsKey: true, value: null }],
    [
      'the headers, the value and the key',
      ({ key }) => key !== null,
      { key: null, holdsKey: false, value: null, headers: {} },
    ],
  ] as readonly (readonly [string, Parameters<typeof refusing>[0], object])[])(
    'gets it without %s, which the reason says, and the partition goes on',
    async (cut, refuses, kept) => {
      const { join, store, inbox } = refusing(refuses);
      await expect((await join()).handle(await garbled())).resolves.toEqual({ outcome: 'applied', nextOffset: '3' });
      expect([await countsOf(store, 'lake'), await countsOf(store, 'hill')]).toEqual([[0], [2]]);
      expect(await inbox.listParked({ limit: 9 })).toMatchObject([
        { ...kept, kind: 'undecodable', reason: `not JSON: ${notJson} (cut to be kept at all: ${cut})` },
      ]);
    },
  );
});

const notJson = ((): string => {
  try {
    return String(JSON.parse(Buffer.from([0xff]).toString()));
  } catch (error) {
    return String(error);
  }
})();
