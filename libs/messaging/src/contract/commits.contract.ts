import { randomUUID } from 'node:crypto';
import type { Claim, InboxPart } from '../inbox.port';
import { at, batchOf, event, freshGroup, NOTHING, parkedAt, TOPIC, type InboxUnderTest } from './inbox.fixture';

/** What is stored together, once, and by whom. */
export const commitsContract = (make: () => Promise<InboxUnderTest>): void => {
  let subject: InboxUnderTest;
  beforeAll(async () => {
    subject = await make();
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
};
