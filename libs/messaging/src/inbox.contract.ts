import { randomBytes, randomUUID } from 'node:crypto';
import type { AppendRequest, EventStore, NewEvent } from '@murmuration/event-store';
import { instant, isInstant } from '@murmuration/kernel';
import type { Claim, Inbox, InboxBatch, InboxPart, ParkedFilter, ParkedRecord } from './inbox.port';
import type { Watermark } from './link';

/** An inbox under test, a second handle on the same one, and the store that its events go to. */
export type InboxUnderTest = { readonly inbox: Inbox; readonly other: Inbox; readonly store: EventStore };

const TOPIC = 'orders.events.v1';
const NOTHING: AppendRequest = { checks: [], events: [] };

let groups = 0;
const freshGroup = (): string => `group-${++groups}-${randomUUID()}`;

const event = (streamId: string, overrides: Partial<NewEvent> = {}): NewEvent => ({
  ...{ streamId, eventId: randomUUID(), type: 'Happened', schemaVersion: 1, data: '{"n":1}' },
  metadata: { correlationId: 'saga', causationId: 'cause', actor: 'step:test', hop: 1 },
  ...overrides,
});

const batchOf = (claim: Claim, sequence: number, content: Partial<InboxBatch> = {}): InboxBatch => ({
  ...{
    claim,
    sequence,
    nextOffset: String(sequence * 10),
    watermarks: new Map(),
    parked: [],
    settled: [],
    append: NOTHING,
  },
  ...content,
});

const parkedAt = (group: string, offset: number, overrides: Partial<ParkedRecord> = {}): ParkedRecord => ({
  ...{ id: `${group}:${TOPIC}:0:${offset}`, topic: TOPIC, partition: 0, offset: String(offset), key: 'order-1' },
  ...{
    value: Buffer.from([0xff, 0x00, offset]),
    headers: { ce_id: 'e1', odd: 'a\u0000b' },
    reason: 'NUL \u0000 within',
  },
  ...{ kind: 'failed', holdsKey: true, step: 'reserve', parkedAt: instant('2026-03-01T09:30:00.123Z') },
  ...overrides,
});

const at = (position: number): Watermark => ({ position, eventId: randomUUID() });

export const inboxContract = (make: () => Promise<InboxUnderTest>): void => {
  let subject: InboxUnderTest;
  beforeAll(async () => {
    subject = await make();
  });

  describe('a claim', () => {
    it('begins at the first offset and with nothing heard', async () => {
      const group = freshGroup();
      await expect(subject.inbox.claim(group, TOPIC, 3, 'one')).resolves.toEqual({
        ...{ group, topic: TOPIC, partition: 3, epoch: 1, starts: 1, nextOffset: '0' },
        ...{ watermarks: new Map(), parkedKeys: new Map() },
      });
    });

    it('goes on from what was committed, under a higher epoch', async () => {
      const { inbox, other } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const [first, moved, second] = [at(3), at(9), at(1)];
      await inbox.commit(batchOf(claim, 1, { watermarks: new Map([['orders/0', first]]) }));
      await inbox.commit(
        batchOf(claim, 2, {
          watermarks: new Map([
            ['orders/0', moved],
            ['orders/1', second],
          ]),
        }),
      );
      const next = await other.claim(group, TOPIC, 0, 'two');
      expect(next.epoch).toBeGreaterThan(claim.epoch);
      expect(next.nextOffset).toBe('20');
      expect(next.watermarks).toEqual(
        new Map([
          ['orders/0', moved],
          ['orders/1', second],
        ]),
      );
    });

    it('counts an attempt once, however often its claim notes it or takes it back', async () => {
      const { inbox, other } = subject;
      const group = freshGroup();
      const first = await inbox.claim(group, TOPIC, 0, 'one');
      for (let again = 0; again < 4; again++) await expect(inbox.noteAttempt(first, '7')).resolves.toBe(1);
      const second = await other.claim(group, TOPIC, 0, 'one');
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
      await inbox.withdrawAttempt(first, '7');
      for (let again = 0; again < 4; again++) await other.withdrawAttempt(second, '7');
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
    });

    it('counts the starts since something was committed, and the attempts at one record', async () => {
      const { inbox, other } = subject;
      const group = freshGroup();
      const first = await inbox.claim(group, TOPIC, 0, 'one');
      await expect(inbox.noteAttempt(first, '7')).resolves.toBe(1);
      const second = await other.claim(group, TOPIC, 0, 'one');
      expect(second.starts).toBe(2);
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
      await other.withdrawAttempt(second, '7');
      await other.withdrawAttempt(second, '6');
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
      await expect(other.noteAttempt(second, '8')).resolves.toBe(1);
      await other.commit(batchOf(second, 1));
      expect((await inbox.claim(group, TOPIC, 0, 'one')).starts).toBe(1);
    });

    it('is one of its group, topic and partition alone', async () => {
      const { inbox } = subject;
      const [group, another] = [freshGroup(), freshGroup()];
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      await inbox.commit(batchOf(claim, 1));
      expect((await inbox.claim(another, TOPIC, 0, 'one')).nextOffset).toBe('0');
      expect((await inbox.claim(group, TOPIC, 1, 'one')).nextOffset).toBe('0');
      expect((await inbox.claim(group, 'other.events.v1', 0, 'one')).nextOffset).toBe('0');
    });

    it('keeps offsets beyond what a double holds', async () => {
      const { inbox } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      await inbox.commit(batchOf(claim, 1, { nextOffset: '9223372036854775806' }));
      expect((await inbox.claim(group, TOPIC, 0, 'one')).nextOffset).toBe('9223372036854775806');
    });
  });

  describe('a commit', () => {
    it('stores the offset, the watermarks, the parked records and the events together', async () => {
      const { inbox, store } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const streamId = `reservation-${randomUUID()}`;
      const happened = event(streamId);
      const parked = parkedAt(group, 4);
      await expect(
        inbox.commit(
          batchOf(claim, 1, {
            watermarks: new Map([['orders/0', at(7)]]),
            parked: [parked],
            append: { checks: [{ streamId, expected: 0 }], events: [happened] },
          }),
        ),
      ).resolves.toEqual({ outcome: 'committed' });
      expect((await store.readStreams([{ streamId }])).get(streamId)).toMatchObject([happened]);
      const found = await inbox.findParked(parked.id);
      expect(found).toMatchObject({ value: parked.value, headers: parked.headers, key: 'order-1', kind: 'failed' });
      expect(found).toMatchObject({ offset: '4', step: 'reserve', parkedAt: parked.parkedAt, holdsKey: true });
      expect((await inbox.claim(group, TOPIC, 0, 'one')).parkedKeys).toEqual(new Map([['order-1', 1]]));
    });

    it('of a former epoch is fenced and changes nothing', async () => {
      const { inbox, other, store } = subject;
      const group = freshGroup();
      const zombie = await inbox.claim(group, TOPIC, 0, 'one');
      const heir = await other.claim(group, TOPIC, 0, 'two');
      const streamId = `reservation-${randomUUID()}`;
      const append = { checks: [], events: [event(streamId)] };
      await expect(inbox.commit(batchOf(zombie, 1, { append }))).resolves.toEqual({ outcome: 'fenced' });
      expect((await store.readStreams([{ streamId }])).get(streamId)).toEqual([]);
      await expect(other.commit(batchOf(heir, 1, { append }))).resolves.toEqual({ outcome: 'committed' });
    });

    it('under no claim at all is fenced', async () => {
      const claim = { group: freshGroup(), topic: TOPIC, partition: 0, epoch: 1 };
      const batch = { ...batchOf(claim as Claim, 1), claim };
      await expect(subject.inbox.commit(batch)).resolves.toEqual({ outcome: 'fenced' });
    });

    it('on another version than decided on is a conflict and leaves no trace', async () => {
      const { inbox, store } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const [streamId, innocent] = [`stock-${randomUUID()}`, `stock-${randomUUID()}`];
      await store.append({ checks: [], events: [event(streamId)] });
      const parked = parkedAt(group, 1);
      await expect(
        inbox.commit(
          batchOf(claim, 1, {
            watermarks: new Map([['orders/0', at(7)]]),
            parked: [parked],
            append: { checks: [{ streamId, expected: 0 }], events: [event(innocent)] },
          }),
        ),
      ).resolves.toEqual({ outcome: 'conflict', streamId });
      expect((await store.readStreams([{ streamId: innocent }])).get(innocent)).toEqual([]);
      await expect(inbox.findParked(parked.id)).resolves.toBeUndefined();
      expect(await inbox.claim(group, TOPIC, 0, 'one')).toMatchObject({ nextOffset: '0', watermarks: new Map() });
    });

    it('with an event id that other content has taken is refused', async () => {
      const { inbox, store } = subject;
      const claim = await inbox.claim(freshGroup(), TOPIC, 0, 'one');
      const taken = event(`stock-${randomUUID()}`);
      await store.append({ checks: [], events: [taken] });
      const append = { checks: [], events: [{ ...taken, data: '{"n":2}' }] };
      const verdict = await inbox.commit(batchOf(claim, 1, { append }));
      expect(verdict).toMatchObject({ outcome: 'refused', takenId: taken.eventId });
    });

    it('to a stream closed for ever is refused', async () => {
      const { inbox, store } = subject;
      const claim = await inbox.claim(freshGroup(), TOPIC, 0, 'one');
      const streamId = `stock-${randomUUID()}`;
      await store.append({ checks: [], events: [event(streamId)] });
      await store.archive(streamId);
      const verdict = await inbox.commit(batchOf(claim, 1, { append: { checks: [], events: [event(streamId)] } }));
      expect(verdict).toMatchObject({ outcome: 'refused', reason: expect.stringContaining(streamId) as string });
    });

    it('made again after its answer was lost is answered as repeated and changes nothing', async () => {
      const { inbox, store } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const streamId = `stock-${randomUUID()}`;
      const checked = `stock-${randomUUID()}`;
      const batch = batchOf(claim, 1, {
        parked: [parkedAt(group, 1)],
        append: { checks: [{ streamId: checked, expected: 0 }], events: [event(streamId)] },
      });
      await inbox.commit(batch);
      await store.append({ checks: [], events: [event(checked), event(streamId)] });
      await expect(inbox.commit(batch)).resolves.toEqual({ outcome: 'committed', repeated: true });
      expect((await store.readStreams([{ streamId }])).get(streamId)).toHaveLength(2);
      expect((await inbox.claim(group, TOPIC, 0, 'one')).parkedKeys).toEqual(new Map([['order-1', 1]]));
    });

    it('of other content under the same sequence is answered as repeated too, and stores nothing of it', async () => {
      const { inbox, store } = subject;
      const claim = await inbox.claim(freshGroup(), TOPIC, 0, 'one');
      const [first, second] = [`stock-${randomUUID()}`, `stock-${randomUUID()}`];
      await inbox.commit(batchOf(claim, 1, { append: { checks: [], events: [event(first)] } }));
      const other = batchOf(claim, 1, { nextOffset: '99', append: { checks: [], events: [event(second)] } });
      await expect(inbox.commit(other)).resolves.toEqual({ outcome: 'committed', repeated: true });
      expect((await store.readStreams([{ streamId: second }])).get(second)).toEqual([]);
      expect((await inbox.claim(claim.group, TOPIC, 0, 'one')).nextOffset).toBe('10');
    });

    it('that only checks a stream is the next of its claim, and changes nothing else', async () => {
      const { inbox, store } = subject;
      const claim = await inbox.claim(freshGroup(), TOPIC, 0, 'one');
      const append = { checks: [{ streamId: `never-${randomUUID()}`, expected: 0 }], events: [] };
      await expect(inbox.commit(batchOf(claim, 1, { append, nextOffset: '0' }))).resolves.toEqual({
        outcome: 'committed',
      });
      const streamId = `stock-${randomUUID()}`;
      const late = { checks: [], events: [event(streamId)] };
      await expect(inbox.commit(batchOf(claim, 1, { append: late }))).resolves.toMatchObject({ repeated: true });
      expect((await store.readStreams([{ streamId }])).get(streamId)).toEqual([]);
    });

    it('keeps whatever words a record that cannot be read may carry', async () => {
      const { inbox } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const odd = 'half \ud83d and \u0000 within';
      const parked = parkedAt(group, 1, { key: odd, reason: odd, step: odd, headers: { [odd]: odd } });
      await expect(inbox.commit(batchOf(claim, 1, { parked: [parked] }))).resolves.toEqual({ outcome: 'committed' });
      await expect(inbox.findParked(parked.id)).resolves.toMatchObject({ value: parked.value });
      const settled = [{ id: parked.id, outcome: 'failed-again', reason: odd }] as const;
      await expect(inbox.commit(batchOf(claim, 2, { settled }))).resolves.toEqual({ outcome: 'committed' });
    });

    it('that was superseded under the same claim is fenced', async () => {
      const { inbox } = subject;
      const claim = await inbox.claim(freshGroup(), TOPIC, 0, 'one');
      for (const sequence of [1, 2]) await inbox.commit(batchOf(claim, sequence));
      await expect(inbox.commit(batchOf(claim, 1))).resolves.toEqual({ outcome: 'fenced' });
      await expect(inbox.commit(batchOf(claim, 9))).resolves.toEqual({ outcome: 'fenced' });
    });

    it('made by ten at once is won by exactly one epoch, and stored once', async () => {
      const { inbox, other, store } = subject;
      const group = freshGroup();
      const streamId = `stock-${randomUUID()}`;
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          const mine = index % 2 ? inbox : other;
          const claim = await mine.claim(group, TOPIC, 0, `holder-${index}`);
          return mine.commit(batchOf(claim, 1, { append: { checks: [], events: [event(streamId)] } }));
        }),
      );
      const committed = outcomes.filter(({ outcome }) => outcome === 'committed');
      expect(committed.length).toBeGreaterThan(0);
      expect((await store.readStreams([{ streamId }])).get(streamId)).toHaveLength(committed.length);
      expect(outcomes.every(({ outcome }) => outcome === 'committed' || outcome === 'fenced')).toBe(true);
    });
  });

  describe('a commit of several claims together', () => {
    const claimTwo = async () => {
      const group = freshGroup();
      const { inbox } = subject;
      return { group, claims: [await inbox.claim(group, TOPIC, 0, 'one'), await inbox.claim(group, TOPIC, 1, 'one')] };
    };
    const partsOf = (claims: readonly Claim[], sequence: number): readonly InboxPart[] =>
      claims.map((claim) => {
        const { append: _append, ...part } = batchOf(claim, sequence, {
          watermarks: new Map([[`orders/${claim.partition}`, at(sequence + claim.partition)]]),
          parked: [parkedAt(claim.group, claim.partition, { partition: claim.partition })],
        });
        return part;
      });

    it('stores what belongs to each of them, and all of their events', async () => {
      const { inbox, store } = subject;
      const { group, claims } = await claimTwo();
      const streams = [`stock-${randomUUID()}`, `stock-${randomUUID()}`];
      const append = { checks: [], events: streams.map((streamId) => event(streamId)) };
      await expect(inbox.commitTogether(partsOf(claims, 1), append)).resolves.toEqual({ outcome: 'committed' });
      for (const partition of [0, 1]) {
        const next = await inbox.claim(group, TOPIC, partition, 'two');
        expect(next.nextOffset).toBe('10');
        expect(next.watermarks.get(`orders/${partition}`)?.position).toBe(1 + partition);
        expect(next.parkedKeys).toEqual(new Map([['order-1', 1]]));
      }
      for (const stored of (await store.readStreams(streams.map((streamId) => ({ streamId })))).values())
        expect(stored).toHaveLength(1);
    });

    it('is fenced as a whole when one of them is, and changes nothing', async () => {
      const { inbox, other, store } = subject;
      const { group, claims } = await claimTwo();
      await other.claim(group, TOPIC, 1, 'two');
      const streamId = `stock-${randomUUID()}`;
      const append = { checks: [], events: [event(streamId)] };
      await expect(inbox.commitTogether(partsOf(claims, 1), append)).resolves.toEqual({ outcome: 'fenced' });
      expect((await store.readStreams([{ streamId }])).get(streamId)).toEqual([]);
      expect((await inbox.claim(group, TOPIC, 0, 'one')).nextOffset).toBe('0');
    });

    it('made again is answered as repeated; mixed with one that was not made it is fenced', async () => {
      const { inbox } = subject;
      const { claims } = await claimTwo();
      const append = { checks: [], events: [event(`stock-${randomUUID()}`)] };
      await expect(inbox.commitTogether(partsOf(claims, 1), append)).resolves.toEqual({ outcome: 'committed' });
      const again = await inbox.commitTogether(partsOf(claims, 1), append);
      expect(again).toEqual({ outcome: 'committed', repeated: true });
      await inbox.commit(batchOf(claims[0]!, 2));
      await expect(inbox.commitTogether(partsOf(claims, 2), NOTHING)).resolves.toEqual({ outcome: 'fenced' });
    });

    it('is a conflict as a whole when one stream has moved on', async () => {
      const { inbox, store } = subject;
      const { group, claims } = await claimTwo();
      const streamId = `stock-${randomUUID()}`;
      await store.append({ checks: [], events: [event(streamId)] });
      const append = { checks: [{ streamId, expected: 0 }], events: [] };
      await expect(inbox.commitTogether(partsOf(claims, 1), append)).resolves.toEqual({
        outcome: 'conflict',
        streamId,
      });
      expect((await inbox.claim(group, TOPIC, 0, 'one')).nextOffset).toBe('0');
    });
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
  });
};
