import { EventStoreError } from '@murmuration/event-store';
import { instantOfEpochMs } from '@murmuration/kernel';
import { eventually } from '@murmuration/testing';
import { countsOf, decodeSighting, SIGHTINGS } from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import { MessagingError } from '../messaging-error';
import { PARTITIONS, PLACES, setUp, spoken } from './group.fixture';
import { PRUNED_TOGETHER_MAX, SETTLED_KEPT_MS } from './wish-watch';

/** The keys of each partition, two of them at least. */
const keysByPartition = async (): Promise<readonly (readonly [string, string])[]> => {
  const records = await spoken(...PLACES.map((place, birds) => ({ place, birds })));
  return records.map((mine) => [mine[0]!.key!, mine[1]!.key!]);
};
/** The id of the record that a partition begins with. */
const first = (partition: number): string => `tally:${SIGHTINGS}:${partition}:0`;
const away = (): Error => new EventStoreError('unavailable', 'too slow');

/** A group of which every topic-partition begins with a record that is parked. */
const parkOneEach = async (...[change, overrides]: Parameters<typeof setUp>) => {
  const keys = await keysByPartition();
  const subject = setUp(change, overrides);
  await subject.claimAll();
  const records = await spoken(
    ...keys.map(([place]) => ({ place, birds: 1, command: 'Forbid' as const })),
    ...keys.map(([, place], birds) => ({ place, birds })),
  );
  await subject.handleAll(records.map((mine) => mine.slice(0, 1)));
  /** Looks for wishes until a record is parked no more. */
  const settled = (id: string): Promise<unknown> =>
    eventually(async () => {
      subject.group.settleNow();
      return (await subject.memory.findParked(id)) === undefined;
    });
  return { ...subject, keys, records, settled };
};

describe('the topic-partitions of one process, when somebody wants their parked records settled', () => {
  it('do not wait for one that tries a record again and again', async () => {
    const [[, stuck]] = (await keysByPartition()) as [readonly [string, string]];
    const { group, inbox, records, rounds, settled } = await parkOneEach(
      (inner) => ({
        ...inner,
        commit: (batch) =>
          batch.append.events.some(({ streamId }) => streamId === `place-${stuck}`)
            ? Promise.reject(away())
            : inner.commit(batch),
      }),
      { retryBudgetMs: Number.POSITIVE_INFINITY },
    );
    const handling = group.handle(SIGHTINGS, 0, records[0]!.slice(1));
    await inbox.wish(first(0), 'discard', 'ada');
    await rounds();
    for (const partition of [1, 2]) {
      await inbox.wish(first(partition), 'discard', 'ada');
      await settled(first(partition));
    }
    expect(await inbox.findParked(first(0))).toBeDefined();
    await group.stop();
    await expect(handling).resolves.toMatchObject({ outcome: 'abandoned' });
  });

  it('do not wait for one whose redrive waits for something, and neither do new records', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let isSlow = false;
    const { group, inbox, records, keys, store, rounds, settled } = await parkOneEach(undefined, {
      decode: (record) =>
        isSlow && record.key === keys[0]?.[0] ? answered.then(() => decodeSighting(record)) : decodeSighting(record),
    });
    isSlow = true;
    await inbox.wish(first(0), 'redrive', 'ada');
    await rounds();
    await inbox.wish(first(1), 'discard', 'ada');
    await settled(first(1));
    await group.handle(SIGHTINGS, 2, records[2]!.slice(1));
    expect(await countsOf(store, keys[2]![1])).toEqual([2]);
    expect(await inbox.readTrail(first(0))).toMatchObject([{ action: 'redrive' }]);
    answer();
    await eventually(async () => (await inbox.readTrail(first(0))).length === 2);
  });

  it('do not wait for one that cannot be asked what waited for newer code', async () => {
    const { inbox, settled, all } = await parkOneEach((inner) => ({
      ...inner,
      listParked: (filter) => (filter.partition === 0 ? Promise.reject(away()) : inner.listParked(filter)),
    }));
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await inbox.wish(first(partition), 'discard', 'ada');
      await settled(first(partition));
    }
    expect(all('wishesFailed').length).toBeGreaterThan(0);
  });

  it('do not wait for one whose own words about it are a bug, which is told', async () => {
    const { inbox, settled, all } = await parkOneEach(undefined, {
      announceUnparked: ({ partition }) => {
        if (partition === 0) throw new Error('a bug');
        return undefined;
      },
    });
    for (const partition of [0, 1, 2]) await inbox.wish(first(partition), 'discard', 'ada');
    for (const partition of [1, 2]) await settled(first(partition));
    expect(all('wishesFailed')).toContainEqual({ reason: 'a bug' });
    expect(await inbox.findParked(first(0))).toBeDefined();
  });

  it('have a discard told that the database refuses, ever more seldom, and it is done once it can be', async () => {
    let refuses = true;
    let tries = 0;
    const { inbox, settled, all, group } = await parkOneEach((inner) => ({
      ...inner,
      commit: async (batch) => {
        if (!refuses || batch.settled.length === 0) return inner.commit(batch);
        tries += 1;
        throw new MessagingError('refused', 'as it is');
      },
    }));
    await inbox.wish(first(0), 'discard', 'ada');
    await eventually(() => {
      group.settleNow();
      return tries >= 20;
    });
    const told = [...all('settlingFailed')];
    expect(told.slice(0, 5).map(({ attempt }) => attempt)).toEqual([1, 2, 4, 8, 16]);
    expect(told.length).toBeLessThanOrEqual(1 + Math.log2(tries));
    const reason = 'the broker or the database refused the request: as it is';
    expect(told[0]).toEqual({
      ...{ topic: SIGHTINGS, partition: 0, id: first(0), wish: 'discard', attempt: 1, reason },
    });
    refuses = false;
    await settled(first(0));
  });
});

describe('when many keys have failed at the same time on a topic-partition', () => {
  it('those of the others are settled as soon as it is somebody else’s', async () => {
    const [mine = []] = await spoken(...PLACES.map((place, birds) => ({ place, birds })));
    const failing = new Set(mine.slice(-3).map(({ key }) => key));
    const subject = await parkOneEach(undefined, {
      decode: (record) => {
        if (failing.has(record.key)) throw away();
        return decodeSighting(record);
      },
    });
    // Each of them the first of a source of its own, so that all of them are new.
    const records = mine.slice(-3).map(({ headers, ...record }, index) => {
      const { mm_prev_position: _position, mm_prev_id: _id, ...own } = headers;
      return { ...record, offset: String(10 + index), headers: { ...own, mm_source: record.key ?? '' } };
    });
    const handling = subject.group.handle(SIGHTINGS, 0, records);
    await eventually(() => subject.all('breakerOpened').length === 1);
    subject.group.drop(SIGHTINGS, 0);
    await expect(handling).resolves.toMatchObject({ outcome: 'abandoned' });
    await subject.inbox.wish(first(1), 'discard', 'ada');
    await subject.settled(first(1));
  });
});

describe('what was settled', () => {
  it('is forgotten with its trail after thirty days, and what is still parked never is', async () => {
    const { inbox, memory, settled, clock, keepTime, rounds } = await parkOneEach();
    keepTime();
    await inbox.wish(first(0), 'discard', 'ada');
    await settled(first(0));
    const lookAfter = async (durationMs: number): Promise<readonly number[]> => {
      clock.advanceMs(durationMs);
      await rounds();
      const trails = await Promise.all([0, 1].map((partition) => memory.readTrail(first(partition))));
      return [...trails.map(({ length }) => length), await memory.countParked()];
    };
    await inbox.wish(first(1), 'redrive', 'ada');
    await triedAgain(memory, first(1));
    // Half of it is left for the time that goes by at every look.
    expect(await lookAfter(SETTLED_KEPT_MS / 2)).toEqual([2, 2, 2]);
    expect(await lookAfter(SETTLED_KEPT_MS / 2)).toEqual([0, 2, 2]);
    expect(await lookAfter(10 * SETTLED_KEPT_MS)).toEqual([0, 2, 2]);
  });

  it('is forgotten in sweeps of bounded size, the next at once only after a full one, and later when one fails', async () => {
    const asked: number[] = [];
    const answers = [PRUNED_TOGETHER_MAX, PRUNED_TOGETHER_MAX, 1];
    const { clock, rounds, all, claimAll } = setUp((inner) => ({
      ...inner,
      pruneSettled: async (before, limit) => {
        expect(before).toBe(instantOfEpochMs(Date.parse(clock.now()) - SETTLED_KEPT_MS));
        asked.push(limit);
        if (asked.length > answers.length) throw away();
        return answers[asked.length - 1]!;
      },
    }));
    await claimAll();
    await rounds();
    expect(asked).toEqual([]);
    clock.advanceMs(600_000);
    await rounds();
    expect(asked).toEqual([PRUNED_TOGETHER_MAX, PRUNED_TOGETHER_MAX, PRUNED_TOGETHER_MAX]);
    clock.advanceMs(600_000);
    await rounds();
    expect(all('pruningFailed')).toHaveLength(1);
  });
});

/** A redrive that came to nothing leaves the record parked, with a trail of two. */
const triedAgain = (inbox: Inbox, id: string): Promise<unknown> =>
  eventually(async () => (await inbox.readTrail(id)).length === 2);
