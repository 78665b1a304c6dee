import { randomBytes } from 'node:crypto';
import { instant, isInstant } from '@murmuration/kernel';
import { type ParkedFilter, type ParkedRecord, SYSTEM } from '../inbox.port';
import { batchOf, freshGroup, parkedAt, TOPIC, type InboxUnderTest } from './inbox.fixture';

/** What becomes of records that could not be applied. */
export const parkedContract = (make: () => Promise<InboxUnderTest>): void => {
  let subject: InboxUnderTest;
  beforeAll(async () => {
    subject = await make();
  });

  describe('parked records', () => {
    const parkThree = async (overrides: readonly Partial<ParkedRecord>[] = [{}, {}, {}]) => {
      const group = freshGroup();
      const claim = await subject.inbox.claim(group, TOPIC, 0, 'one');
      const parked = overrides.map((override, index) => parkedAt(group, index, override));
      await subject.inbox.commit(batchOf(claim, 1, { parked }));
      return { group, claim, ids: parked.map(({ id }) => id) };
    };
    const queued = { kind: 'queued' } as const;

    it('are listed in the order in which they were parked, page by page', async () => {
      const before = await subject.inbox.countParked();
      const { ids } = await parkThree();
      expect(await subject.inbox.countParked()).toBe(before + 3);
      const all = await subject.inbox.listParked({ limit: before + 3 });
      expect(all.slice(-3).map(({ id }) => id)).toEqual(ids);
      const page = await subject.inbox.listParked({ afterId: ids[0]!, limit: 1 });
      expect(page.map(({ id }) => id)).toEqual([ids[1]]);
    });

    it('take a missing key and value as they are', async () => {
      const { ids } = await parkThree([{ key: null, value: null, holdsKey: false, kind: 'undecodable' }]);
      await expect(subject.inbox.findParked(ids[0]!)).resolves.toMatchObject({
        key: null,
        value: null,
        holdsKey: false,
      });
    });

    it('keep a key of any length', async () => {
      const key = randomBytes(10_000).toString('hex');
      const { ids } = await parkThree([{ key, holdsKey: false, kind: 'undecodable' }]);
      await expect(subject.inbox.findParked(ids[0]!)).resolves.toMatchObject({ key });
    });

    it('wait for a wish at the head of their key, and those queued behind it follow', async () => {
      const { inbox } = subject;
      const { group, ids } = await parkThree([{}, queued, queued]);
      await expect(inbox.listWishes(group)).resolves.toEqual([]);
      await expect(inbox.wish(ids[0]!, 'redrive', 'operator')).resolves.toBe('noted');
      const wishes = await inbox.listWishes(group);
      expect(wishes.map(({ record, wish }) => [record.id, wish])).toEqual(ids.map((id) => [id, 'redrive']));
    });

    it('keep what somebody wants of them when the system would have them redriven', async () => {
      const { inbox } = subject;
      const { group, ids } = await parkThree([{}, { key: 'order-2' }]);
      await inbox.wish(ids[0]!, 'discard', 'operator');
      for (const id of ids) await expect(inbox.wish(id, 'redrive', SYSTEM)).resolves.toBe('noted');
      const wishes = await inbox.listWishes(group);
      expect(wishes.map(({ record, wish }) => [record.id, wish])).toEqual([
        [ids[0], 'discard'],
        [ids[1], 'redrive'],
      ]);
      expect(await inbox.readTrail(ids[0]!)).toMatchObject([{ actor: 'operator', action: 'discard' }]);
      await inbox.wish(ids[1]!, 'discard', 'operator');
      expect((await inbox.listWishes(group)).map(({ wish }) => wish)).toEqual(['discard', 'discard']);
    });

    it('are discarded on a wish that came while they were tried again in vain', async () => {
      const { inbox } = subject;
      const { group, claim, ids } = await parkThree([{}]);
      await inbox.wish(ids[0]!, 'redrive', 'operator');
      await inbox.wish(ids[0]!, 'discard', 'operator');
      const settled = [{ id: ids[0]!, outcome: 'failed-again', reason: 'still broken' }] as const;
      await inbox.commit(batchOf(claim, 2, { settled }));
      const wishes = await inbox.listWishes(group);
      expect(wishes.map(({ record, wish }) => [record.id, wish])).toEqual([[ids[0], 'discard']]);
    });

    it('of other keys, or behind another failed one, are not settled along', async () => {
      const { inbox } = subject;
      const { group, ids } = await parkThree([{}, {}, { key: 'order-2' }]);
      await inbox.wish(ids[0]!, 'discard', 'operator');
      const wishes = await inbox.listWishes(group);
      expect(wishes.map(({ record, wish }) => [record.id, wish])).toEqual([[ids[0], 'discard']]);
    });

    it('of a long queue whose head nobody has asked for do not keep those of other keys from being listed', async () => {
      const { inbox } = subject;
      const long = Array.from({ length: 1_100 }, () => ({ ...queued, value: null }));
      const { group, ids } = await parkThree([{}, ...long, { key: 'order-2' }]);
      await inbox.wish(ids[7]!, 'redrive', 'operator');
      await inbox.wish(ids.at(-1)!, 'redrive', 'operator');
      expect((await inbox.listWishes(group)).map(({ record }) => record.id)).toEqual([ids.at(-1)]);
    });

    it('leave the queue when they are settled; what was only queued behind them is due by itself', async () => {
      const { inbox } = subject;
      const { group, claim, ids } = await parkThree([{}, queued, { key: 'order-2' }]);
      await inbox.commit(batchOf(claim, 2, { settled: [{ id: ids[0]!, outcome: 'discarded' }] }));
      await expect(inbox.findParked(ids[0]!)).resolves.toBeUndefined();
      await expect(inbox.wish(ids[0]!, 'redrive', 'operator')).resolves.toBe('not-parked');
      expect((await inbox.listWishes(group)).map(({ record }) => record.id)).toEqual([ids[1]]);
      expect((await inbox.claim(group, TOPIC, 0, 'two')).parkedKeys).toEqual(
        new Map([
          ['order-1', 1],
          ['order-2', 1],
        ]),
      );
    });

    it('that failed again wait for another wish, with the new reason', async () => {
      const { inbox } = subject;
      const { group, claim, ids } = await parkThree([{}, queued]);
      await inbox.wish(ids[0]!, 'redrive', 'operator');
      const settled = [{ id: ids[0]!, outcome: 'failed-again', reason: 'still broken' }] as const;
      await inbox.commit(batchOf(claim, 2, { settled }));
      await expect(inbox.findParked(ids[0]!)).resolves.toMatchObject({ kind: 'failed', reason: 'still broken' });
      await expect(inbox.listWishes(group)).resolves.toEqual([]);
    });

    it('that failed again keep the kind of their failure', async () => {
      const { inbox } = subject;
      const { claim, ids } = await parkThree([{ kind: 'unknown-version' }]);
      const settled = [{ id: ids[0]!, outcome: 'failed-again', kind: 'unknown-version', reason: 'v2' }] as const;
      await inbox.commit(batchOf(claim, 2, { settled }));
      await expect(inbox.findParked(ids[0]!)).resolves.toMatchObject({ kind: 'unknown-version', reason: 'v2' });
    });

    it('are found by what they are', async () => {
      const { inbox } = subject;
      const { group, ids } = await parkThree([
        { kind: 'unknown-version' },
        { key: 'order-2', partition: 7 },
        { topic: 'other' },
      ]);
      const found = async (filter: Omit<ParkedFilter, 'limit' | 'group'>): Promise<readonly string[]> =>
        (await inbox.listParked({ group, limit: 10, ...filter })).map(({ id }) => id);
      await expect(found({})).resolves.toEqual(ids);
      await expect(found({ kind: 'unknown-version' })).resolves.toEqual([ids[0]]);
      await expect(found({ key: 'order-2' })).resolves.toEqual([ids[1]]);
      await expect(found({ partition: 7 })).resolves.toEqual([ids[1]]);
      await expect(found({ topic: 'other' })).resolves.toEqual([ids[2]]);
      await expect(found({ topic: TOPIC, kind: 'failed', afterId: ids[0]! })).resolves.toEqual([ids[1]]);
    });

    it('54: leave a trail of every wish and edit with its actor, and of what became of them', async () => {
      const { inbox } = subject;
      const { claim, ids } = await parkThree([{}]);
      const [id] = ids as [string];
      await inbox.wish(id, 'redrive', 'ada');
      await inbox.wish(id, 'redrive', 'grace');
      await inbox.commit(batchOf(claim, 2, { settled: [{ id, outcome: 'failed-again', reason: 'still broken' }] }));
      await inbox.edit(id, { value: null, headers: {} }, 'ada');
      await inbox.wish(id, 'discard', 'ada');
      await inbox.commit(batchOf(claim, 3, { settled: [{ id, outcome: 'discarded' }] }));
      await inbox.wish(id, 'redrive', 'too late');
      const trail = await inbox.readTrail(id);
      expect(trail.map(({ actor, action, reason }) => [actor, action, reason])).toEqual([
        ['ada', 'redrive', undefined],
        ['grace', 'redrive', undefined],
        ['consumer', 'failed-again', 'still broken'],
        ['ada', 'edit', undefined],
        ['ada', 'discard', undefined],
        ['consumer', 'discarded', undefined],
      ]);
      expect(trail.every(({ at }) => isInstant(at))).toBe(true);
      await expect(inbox.readTrail('nobody')).resolves.toEqual([]);
    });

    it('without a link are settled each by itself', async () => {
      const { inbox } = subject;
      const loose = { holdsKey: false, kind: 'undecodable' } as const;
      const { group, ids } = await parkThree([loose, loose]);
      await inbox.wish(ids[1]!, 'discard', 'operator');
      expect((await inbox.listWishes(group)).map(({ record }) => record.id)).toEqual([ids[1]]);
    });

    it('may be edited while they are parked', async () => {
      const { inbox } = subject;
      const { claim, ids } = await parkThree();
      const content = { value: Buffer.from('mended'), headers: { ce_id: 'e2' } };
      await expect(inbox.edit(ids[0]!, content, 'operator')).resolves.toBe('edited');
      await expect(inbox.findParked(ids[0]!)).resolves.toMatchObject(content);
      await inbox.commit(batchOf(claim, 2, { settled: [{ id: ids[0]!, outcome: 'redriven' }] }));
      await expect(inbox.edit(ids[0]!, content, 'operator')).resolves.toBe('not-parked');
    });

    it('of one topic-partition are settled without asking for those of others', async () => {
      const { inbox } = subject;
      const { group, ids } = await parkThree([{}, { partition: 7 }, { topic: 'other' }]);
      for (const id of ids) await inbox.wish(id, 'redrive', 'operator');
      const wanted = async (...places: readonly { readonly topic: string; readonly partition: number }[]) =>
        (await inbox.listWishes(group, places)).map(({ record }) => record.id);
      await expect(wanted({ topic: TOPIC, partition: 7 })).resolves.toEqual([ids[1]]);
      const both = [
        { topic: 'other', partition: 0 },
        { topic: TOPIC, partition: 0 },
      ];
      await expect(wanted(...both)).resolves.toEqual([ids[0], ids[2]]);
      await expect(wanted({ topic: 'other', partition: 7 })).resolves.toEqual([]);
      await expect(wanted()).resolves.toEqual([]);
    });

    it('of a topic-partition with a long queue that moves keep those of others from nothing', async () => {
      const { inbox } = subject;
      const long = Array.from({ length: 1_100 }, () => ({ ...queued, value: null }));
      const { group, ids } = await parkThree([{}, ...long, { partition: 7 }]);
      await inbox.wish(ids[0]!, 'redrive', 'operator');
      await inbox.wish(ids.at(-1)!, 'redrive', 'operator');
      const wishes = await inbox.listWishes(group, [{ topic: TOPIC, partition: 7 }]);
      expect(wishes.map(({ record }) => record.id)).toEqual([ids.at(-1)]);
    });
  });

  describe('settled records', () => {
    const [LONG_AGO, FAR_OFF] = [instant('2000-01-01T00:00:00.000Z'), instant('2999-01-01T00:00:00.000Z')];
    const settleAll = async () => {
      const { inbox } = subject;
      while ((await inbox.pruneSettled(FAR_OFF, 100)) > 0);
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const records = [1, 2, 3].map((offset) => parkedAt(group, offset, { key: `order-${offset}` }));
      const [first, second, third] = records.map(({ id }) => id) as [string, string, string];
      await inbox.commit(batchOf(claim, 1, { parked: records }));
      for (const id of [first, second, third]) await inbox.wish(id, 'redrive', 'ada');
      await inbox.edit(second, { value: null, headers: {} }, 'ada');
      await inbox.commit(batchOf(claim, 2, { settled: [{ id: second, outcome: 'redriven' }] }));
      const settled = [
        { id: first, outcome: 'discarded' },
        { id: third, outcome: 'failed-again', reason: 'still broken' },
      ] as const;
      await inbox.commit(batchOf(claim, 3, { settled }));
      return { claim, records, first, second, third };
    };

    it('are forgotten with their trails, so many at a time, once they were settled before a given time', async () => {
      const { inbox, other } = subject;
      const { first, second, third } = await settleAll();
      const trails = async (): Promise<readonly number[]> =>
        Promise.all([first, second, third].map(async (id) => (await inbox.readTrail(id)).length));
      await expect(inbox.pruneSettled(LONG_AGO, 100)).resolves.toBe(0);
      expect(await trails()).toEqual([2, 3, 2]);
      await expect(inbox.pruneSettled(FAR_OFF, 1)).resolves.toBe(1);
      expect((await trails()).filter((entries) => entries === 0)).toHaveLength(1);
      await expect(other.pruneSettled(FAR_OFF, 100)).resolves.toBe(1);
      await expect(inbox.pruneSettled(FAR_OFF, 100)).resolves.toBe(0);
      expect(await trails()).toEqual([0, 0, 2]);
    });

    it('are forgotten by many at once as by one', async () => {
      const { inbox, other } = subject;
      const { third } = await settleAll();
      const swept = await Promise.all([inbox, other, inbox, other].map((mine) => mine.pruneSettled(FAR_OFF, 100)));
      expect(swept.reduce((sum, count) => sum + count, 0)).toBe(2);
      await expect(inbox.findParked(third)).resolves.toMatchObject({ reason: 'still broken' });
    });

    it('leave what is parked as it is, with its key held, its wishes and its place in the queue', async () => {
      const { inbox } = subject;
      const { claim, third } = await settleAll();
      await inbox.wish(third, 'discard', 'ada');
      await inbox.pruneSettled(FAR_OFF, 100);
      expect((await inbox.listWishes(claim.group)).map(({ record, wish }) => [record.id, wish])).toEqual([
        [third, 'discard'],
      ]);
      expect((await inbox.claim(claim.group, TOPIC, 0, 'two')).parkedKeys).toEqual(new Map([['order-3', 1]]));
    });

    it('are parked once more only after they were forgotten, and what was asked of them before is void', async () => {
      const { inbox } = subject;
      const { claim, records, first } = await settleAll();
      const parked = records.slice(0, 1);
      await inbox.commit(batchOf(claim, 4, { parked }));
      await expect(inbox.findParked(first)).resolves.toBeUndefined();
      await inbox.pruneSettled(FAR_OFF, 100);
      await expect(inbox.wish(first, 'redrive', 'ada')).resolves.toBe('not-parked');
      await inbox.commit(batchOf(claim, 5, { parked }));
      await expect(inbox.findParked(first)).resolves.toMatchObject({ kind: 'failed' });
      await expect(inbox.readTrail(first)).resolves.toEqual([]);
      await expect(inbox.listWishes(claim.group)).resolves.toEqual([]);
    });
  });
};
