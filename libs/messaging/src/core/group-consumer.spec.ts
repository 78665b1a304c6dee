import { EventStoreError } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import { countsOf, countingService, decodeSighting, hastyClock, SIGHTINGS } from '../flock.fixture';
import type { Inbox, InboxPart, InboxVerdict } from '../inbox.port';
import { MessagingError } from '../messaging-error';
import { groupConsumer } from './group-consumer';
import { PARTITIONS, PLACES, setUp, spoken, stopLater } from './group.fixture';
import { lane } from './lane';

describe('a group of consumers in one process', () => {
  const sightings = PLACES.map((place, birds) => ({ place, birds }));

  it('stores the batches of several topic-partitions in one statement', async () => {
    const { store, commits, claimAll, handleAll, sum } = setUp();
    await claimAll();
    const handled = await handleAll(await spoken(...sightings));
    expect(handled.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(commits).toEqual([3]);
    for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual([birds]);
    expect(sum('applied')).toBe(PLACES.length);
  });

  it('stores each alone when a record of one of them cannot be decided', async () => {
    const { store, commits, claimAll, handleAll, inbox } = setUp();
    await claimAll();
    await handleAll(await spoken(...sightings, { place: 'lake', birds: 99, command: 'Explode' }));
    for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual([birds]);
    expect(await inbox.countParked()).toBe(1);
    expect(commits.every((parts) => parts === 1)).toBe(true);
  });

  it('lets the others go on when one of them is fenced', async () => {
    const { store, memory, claimAll, handleAll } = setUp();
    await claimAll();
    await memory.claim('tally', SIGHTINGS, 1, 'another');
    const records = await spoken(...sightings);
    const handled = await handleAll(records);
    expect(handled.map(({ outcome }) => outcome)).toEqual(['applied', 'fenced', 'applied']);
    expect(await store.lastPosition(0)).toBe(records[0]!.length + records[2]!.length);
  });

  it('decides anew, each alone, after a conflict', async () => {
    const { store, claimAll, handleAll, sum } = setUp();
    await claimAll();
    const records = await spoken(...sightings, ...sightings);
    const [before, after] = [
      (n: number) => records.map((mine) => mine.slice(0, n)),
      (n: number) => records.map((mine) => mine.slice(n)),
    ];
    await handleAll(before(1));
    await countingService(store).execute({ type: 'Count', place: 'lake', birds: 77 });
    await handleAll(after(1));
    for (const { place, birds } of sightings)
      expect((await countsOf(store, place)).filter((count) => count !== 77)).toEqual([birds, birds]);
    expect(sum('applied')).toBe(2 * PLACES.length);
  });

  it('32: sends a common statement again as it was when its outcome is unknown', async () => {
    let cuts = 2;
    const { store, claimAll, handleAll, inbox } = setUp((inner) => ({
      ...inner,
      commitTogether: async (parts, append): Promise<InboxVerdict> => {
        const verdict = await inner.commitTogether(parts, append);
        if (cuts-- > 0) throw new EventStoreError('unavailable', 'cut after COMMIT');
        return verdict;
      },
    }));
    await claimAll();
    await handleAll(await spoken(...sightings));
    for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual([birds]);
    expect(await inbox.countParked()).toBe(0);
  });

  it('32: settles a common statement in doubt before each goes on alone, and stores it once', async () => {
    for (const answers of [3, 4]) {
      let cuts = answers;
      const { store, claimAll, handleAll, all, group } = setUp((inner) => ({
        ...inner,
        commitTogether: async (parts, append): Promise<InboxVerdict> => {
          const verdict = await inner.commitTogether(parts, append);
          if (cuts-- > 0) throw new EventStoreError('unavailable', 'cut after COMMIT');
          return verdict;
        },
      }));
      await claimAll();
      const handled = await handleAll(await spoken(...sightings));
      expect(new Set(handled.map(({ outcome }) => outcome))).toEqual(new Set(['applied']));
      for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual([birds]);
      expect(all('batch')).toHaveLength(PARTITIONS);
      await group.stop();
    }
  });

  it('goes on alone when a common statement never arrived', async () => {
    const { store, claimAll, handleAll, inbox } = setUp((inner) => ({
      ...inner,
      commitTogether: () => Promise.reject(new EventStoreError('unavailable', 'no route')),
    }));
    await claimAll();
    await handleAll(await spoken(...sightings));
    for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual([birds]);
    expect(await inbox.countParked()).toBe(0);
  });

  it('parks each alone what the database refuses together, also without any events', async () => {
    const refuse = (parts: readonly InboxPart[]): void => {
      if (parts.some(({ parked }) => parked.some(({ headers }) => headers['ce_id'] !== undefined)))
        throw new MessagingError('refused', 'as it is');
    };
    const { store, claimAll, handleAll, inbox } = setUp((inner) => ({
      ...inner,
      commit: async (batch) => {
        refuse([batch]);
        return inner.commit(batch);
      },
      commitTogether: async (parts, append) => {
        refuse(parts);
        return inner.commitTogether(parts, append);
      },
    }));
    await claimAll();
    const records = await spoken(...sightings);
    const garbled = records.map((mine) => mine.map((record) => ({ ...record, value: Buffer.from('{') })));
    await handleAll(garbled.map((mine) => mine.slice(0, 1)));
    expect(await inbox.countParked()).toBe(PARTITIONS);
    await handleAll(records.map((mine) => mine.slice(1)));
    expect(await store.lastPosition(0)).toBe(sightings.length - PARTITIONS);
  });

  it('42: a record on its ladder keeps only its own topic-partition waiting', async () => {
    const records = await spoken(...sightings);
    const poisoned = records.find((mine) => mine.length > 1)?.[0];
    const isPoison = (streamId: string): boolean => streamId === `place-${poisoned?.key}`;
    const { store, claimAll, handleAll, order, inbox, all } = setUp((inner) => ({
      ...inner,
      commit: async (batch) => {
        if (batch.append.events.some(({ streamId }) => isPoison(streamId)))
          throw new EventStoreError('unavailable', 'out of memory');
        return inner.commit(batch);
      },
      commitTogether: async (parts, append) => {
        if (append.events.some(({ streamId }) => isPoison(streamId)))
          throw new EventStoreError('unavailable', 'out of memory');
        return inner.commitTogether(parts, append);
      },
    }));
    await claimAll();
    await handleAll(records);
    expect(await inbox.listParked({ limit: 9 })).toMatchObject([{ key: poisoned?.key, kind: 'failed' }]);
    expect(await store.lastPosition(0)).toBe(sightings.length - 1);
    const others = all('batch').filter(({ partition }) => partition !== poisoned?.partition);
    expect(others.length).toBeGreaterThan(0);
    const parkedAt = order().indexOf('parked');
    expect(
      order()
        .slice(0, parkedAt)
        .filter((what) => what === 'batch').length,
    ).toBeGreaterThanOrEqual(others.length);
  });

  it('31: probes with one record of one topic-partition while the database is away, and all flow afterwards', async () => {
    let isAway = false;
    const tried: number[] = [];
    const away = (events: number): void => {
      tried.push(events);
      if (isAway) throw new EventStoreError('unavailable', 'no route');
    };
    const { store, claimAll, handleAll, all, inbox } = setUp((inner) => ({
      ...inner,
      commit: async (batch) => {
        away(batch.append.events.length);
        return inner.commit(batch);
      },
      commitTogether: async (parts, append) => {
        away(append.events.length);
        return inner.commitTogether(parts, append);
      },
    }));
    await claimAll();
    isAway = true;
    const handling = handleAll(await spoken(...sightings, ...sightings));
    while (tried.length < 100) await new Promise((resolve) => setImmediate(resolve));
    expect(all('breakerOpened')).toHaveLength(1);
    expect(Math.max(...tried.slice(20))).toBeLessThanOrEqual(1);
    isAway = false;
    await handling;
    expect(all('breakerClosed')).toHaveLength(1);
    for (const { place, birds } of sightings) expect(await countsOf(store, place)).toEqual([birds, birds]);
    expect(await inbox.countParked()).toBe(0);
  });

  it('31: lets another probe, and all flow, when what was tried first could only be parked', async () => {
    let isAway = true;
    let tries = 0;
    const { claimAll, handleAll, all, inbox, store } = setUp((inner) => ({
      ...inner,
      commit: async (batch) => {
        tries += 1;
        if (isAway) throw new EventStoreError('unavailable', 'no route');
        return inner.commit(batch);
      },
      commitTogether: () => Promise.reject(new EventStoreError('unavailable', 'no route')),
    }));
    await claimAll();
    const records = await spoken(...sightings);
    const handling = handleAll(
      records.map((mine, partition) =>
        partition === 0 ? mine.slice(0, 1).map((record) => ({ ...record, value: Buffer.from('{') })) : mine,
      ),
    );
    while (tries < 50) await new Promise((resolve) => setImmediate(resolve));
    isAway = false;
    await handling;
    expect(all('breakerClosed')).toHaveLength(1);
    expect(await inbox.countParked()).toBe(1);
    expect(await store.lastPosition(0)).toBe(records[1]!.length + records[2]!.length);
  });

  it('does not touch records of what it has not claimed', async () => {
    const { store, handleAll } = setUp();
    const handled = await handleAll(await spoken(...sightings));
    expect(new Set(handled.map(({ outcome }) => outcome))).toEqual(new Set(['unclaimed']));
    expect(await store.lastPosition(0)).toBe(0);
  });

  it('31: claims as soon as the database is there', async () => {
    let away = 3;
    const { group, all } = setUp((inner) => ({
      ...inner,
      claim: async (...place) => {
        if (away-- > 0) throw new EventStoreError('unavailable', 'no route');
        return inner.claim(...place);
      },
    }));
    await expect(group.claim(SIGHTINGS, 0)).resolves.toMatchObject({ epoch: 1 });
    expect(all('retrying')).toHaveLength(3);
  });

  it('gives up a claim that was dropped while it waited', async () => {
    const { group } = setUp((inner) => ({
      ...inner,
      claim: () => Promise.reject(new EventStoreError('unavailable', 'no route')),
    }));
    const claiming = group.claim(SIGHTINGS, 0);
    group.dropAll();
    await expect(claiming).resolves.toBeUndefined();
  });

  it('says once of what it had claimed that it is consumed here no more', async () => {
    const { group, all } = setUp();
    await group.claim(SIGHTINGS, 0);
    group.drop(SIGHTINGS, 1);
    group.dropAll();
    group.dropAll();
    expect(all('dropped')).toEqual([{ topic: SIGHTINGS, partition: 0 }]);
  });

  it('redrives parked records on a wish, by itself', async () => {
    const { store, inbox, claimAll, handleAll, group } = setUp();
    await claimAll();
    await handleAll(await spoken({ place: 'lake', birds: 1, command: 'Explode' }, { place: 'lake', birds: 2 }));
    const [failed] = await inbox.listParked({ limit: 1 });
    await inbox.wish(failed!.id, 'discard', 'operator');
    group.settleNow();
    await eventually(async () => (await inbox.countParked()) === 0);
    expect(await countsOf(store, 'lake')).toEqual([2]);
  });

  it('43: parks a record that ends the process, and none that others of its topic-partitions are handling then', async () => {
    const { service, memory } = setUp();
    const records = await spoken(...sightings);
    const fatal = records[0]?.[0];
    for (let start = 0; start < 9 && (await memory.countParked()) === 0; start++) {
      let isDead = false;
      const never = new Promise<never>(() => undefined);
      const inbox: Inbox = {
        ...memory,
        noteAttempt: (claim, offset) => (isDead ? never : memory.noteAttempt(claim, offset)),
        withdrawAttempt: (claim, offset) => (isDead ? never : memory.withdrawAttempt(claim, offset)),
        commit: (batch) => (isDead ? never : memory.commit(batch)),
        commitTogether: (parts, append) => (isDead ? never : memory.commitTogether(parts, append)),
      };
      const group = groupConsumer({
        ...{ groupId: 'tally', holder: `start ${start}`, inbox, reader: service.store, decisions: service.decisions },
        ...{ clock: hastyClock(), chance: () => 0.5, lane: lane() },
        decode: (record) => {
          isDead ||= record.headers['ce_id'] === fatal?.headers['ce_id'];
          return isDead ? never : decodeSighting(record);
        },
      });
      stopLater(group);
      for (let partition = 0; partition < PARTITIONS; partition++) await group.claim(SIGHTINGS, partition);
      const soon = new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.race([
        Promise.all(records.map((mine, partition) => group.handle(SIGHTINGS, partition, mine))),
        soon,
      ]);
    }
    expect(await memory.listParked({ limit: 9 })).toMatchObject([
      { key: fatal?.key, reason: '3 processes ended while they handled it' },
    ]);
  });
});
