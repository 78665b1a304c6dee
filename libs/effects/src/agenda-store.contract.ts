import { epochMs, instantOfEpochMs, plusMs } from '@murmuration/kernel';
import type { AgendaChanges, AgendaStore, DeadlineRow, OpenEffectRow } from './agenda-store.port';

/** An empty agenda store under test, and how to let its clock pass by some milliseconds. */
export type AgendaStoreUnderTest = {
  readonly store: AgendaStore;
  readonly pass: (durationMs: number) => Promise<void>;
};

const cause = { eventId: '6f1f0f0e-93a5-5d8c-b8a5-2f3d7c1f0a11', correlationId: 'order-1', hop: 2 };
const openedAt = instantOfEpochMs(Date.UTC(2026, 2, 1, 9, 30, 0, 125));

const effect = (key: string, overrides: Partial<OpenEffectRow> = {}): OpenEffectRow => ({
  ...{ key, effect: JSON.stringify({ type: 'charge', note: 'ünï "code" 🐦' }), cause, openedAt },
  ...{ attempts: 0, nextAttemptInMs: 0 },
  ...overrides,
});

/** Every promise of the `AgendaStore` port. */
export const agendaStoreContract = (name: string, make: () => Promise<AgendaStoreUnderTest>): void => {
  describe(`${name}: the agenda`, () => {
    let store: AgendaStore;
    let pass: AgendaStoreUnderTest['pass'];
    beforeEach(async () => {
      ({ store, pass } = await make());
    });

    const claimed = async (epoch: number, logPartition = 0) => {
      const claim = await store.claim(logPartition, epoch);
      if (claim.outcome === 'fenced') throw new Error('expected a claim, got fenced');
      return claim;
    };
    const apply = (position: number, changes: Partial<AgendaChanges> = {}) =>
      store.apply({
        ...{ logPartition: 0, epoch: 1, position, pausedMs: 0 },
        ...{ effects: [], closedEffects: [], deadlines: [], clearedDeadlines: [] },
        ...changes,
      });
    const keys = async (limit = 100, logPartition = 0): Promise<string[]> =>
      (await store.openEffects(logPartition, limit)).map(({ key }) => key);
    /** A deadline that is due in so many milliseconds by the store's clock. */
    const deadline = async (key: string, dueInMs: number): Promise<DeadlineRow> => {
      const dueAt = plusMs((await store.dueDeadlines(0, 0, 1)).now, dueInMs);
      return { key, dueAt, ripeAt: dueAt, cause };
    };
    const due = async (pausedMs = 0, limit = 100): Promise<string[]> =>
      (await store.dueDeadlines(0, pausedMs, limit)).deadlines.map(({ key }) => key);

    it('is at position 0 and was never alive before its first term', async () => {
      const claim = await claimed(1);
      expect(claim).toMatchObject({ position: 0, pausedMs: 0 });
      expect(claim).not.toHaveProperty('aliveAt');
    });

    it('remembers for the next term how far it came, how long its deadlines stood still, and when it was alive', async () => {
      await claimed(1);
      const applied = await apply(7, { pausedMs: 1_500 });
      await pass(30);
      const claim = await claimed(2);
      expect(claim).toMatchObject({ position: 7, pausedMs: 1_500 });
      expect(applied).toMatchObject({ outcome: 'applied', now: claim.aliveAt });
      expect(epochMs(claim.now)).toBeGreaterThan(epochMs(claim.aliveAt!));
    });

    it('takes no claim for a sign of life: who only claimed has not stored what the time without anybody was worth', async () => {
      await claimed(1);
      const applied = await apply(7, { pausedMs: 1_500 });
      await pass(30);
      await claimed(2);
      await pass(30);
      const claim = await claimed(3);
      expect(claim.pausedMs).toBe(1_500);
      expect(applied).toMatchObject({ outcome: 'applied', now: claim.aliveAt });
    });

    it('fences an older term as soon as a newer one began, and changes nothing for it', async () => {
      await claimed(2);
      expect(await store.claim(0, 1)).toEqual({ outcome: 'fenced' });
      const fenced = await apply(5, { epoch: 1, effects: [effect('a')], deadlines: [await deadline('d', -1)] });
      expect(fenced).toEqual({ outcome: 'fenced' });
      expect(await store.reset(0, 1)).toEqual({ outcome: 'fenced' });
      expect([await keys(), await due()]).toEqual([[], []]);
      expect(await claimed(2)).toMatchObject({ position: 0 });
    });

    it('never goes back', async () => {
      await claimed(1);
      await apply(5);
      expect(await apply(4, { effects: [effect('a')] })).toEqual({ outcome: 'fenced' });
      expect(await keys()).toEqual([]);
      expect(await apply(5, { effects: [effect('a')] })).toMatchObject({ outcome: 'applied' });
      expect(await keys()).toEqual(['a']);
    });

    it('keeps open effects as they were given', async () => {
      await claimed(1);
      const rows = [
        effect('a', { attempts: 3, lastReason: 'timeout', cause: { ...cause, traceparent: '00-ab-cd-01' } }),
        effect('b', { untouchedInEpoch: 1 }),
      ];
      await apply(1, { effects: rows });
      const found = await store.openEffects(0, 10);
      expect(found.toSorted((left, right) => (left.key < right.key ? -1 : 1))).toEqual(rows);
    });

    it('replaces the row of a key, and forgets what no longer holds', async () => {
      await claimed(1);
      await apply(1, { effects: [effect('a', { attempts: 1, lastReason: 'timeout', untouchedInEpoch: 1 })] });
      await apply(2, { effects: [effect('a', { attempts: 2 })] });
      expect(await store.openEffects(0, 10)).toEqual([effect('a', { attempts: 2 })]);
    });

    it('forgets effects that were closed, and ignores the closing of those it never knew', async () => {
      await claimed(1);
      await apply(1, { effects: [effect('a'), effect('b')] });
      await apply(2, { effects: [effect('c')], closedEffects: ['a', 'unheard-of'] });
      expect((await keys()).toSorted()).toEqual(['b', 'c']);
      expect(await store.counts()).toEqual({ effects: 2, deadlines: 0 });
    });

    it('gives those effects first whose next attempt comes first, and how long that is by its own clock', async () => {
      await claimed(1);
      const waits = { late: 60_000, now: 0, soon: 5_000 };
      await apply(1, {
        effects: Object.entries(waits).map(([key, nextAttemptInMs]) => effect(key, { nextAttemptInMs })),
      });
      expect(await keys()).toEqual(['now', 'soon', 'late']);
      expect(await keys(2)).toEqual(['now', 'soon']);
      await pass(50);
      const [now, soon] = await store.openEffects(0, 2);
      expect(now?.nextAttemptInMs).toBe(0);
      expect(soon?.nextAttemptInMs).toBeGreaterThan(0);
      expect(soon?.nextAttemptInMs).toBeLessThanOrEqual(4_950);
    });

    it('gives deadlines that are due, the earliest first, and no others', async () => {
      await claimed(1);
      const [past, present, future] = [await deadline('b', -20), await deadline('a', 0), await deadline('c', 60_000)];
      await apply(1, { deadlines: [present, future, past] });
      expect(await due()).toEqual(['b', 'a']);
      expect(await due(0, 1)).toEqual(['b']);
      expect((await store.dueDeadlines(0, 0, 1)).deadlines).toEqual([past]);
    });

    it('gives a deadline later by as long as the deadline clock stood still', async () => {
      await claimed(1);
      await apply(1, { deadlines: [await deadline('a', -1_000)] });
      expect(await due(30_000)).toEqual([]);
      expect(await due(900)).toEqual(['a']);
    });

    it('replaces a deadline that is set again, and forgets one that was cleared', async () => {
      await claimed(1);
      await apply(1, { deadlines: [await deadline('a', -1), await deadline('b', -1)] });
      await apply(2, { deadlines: [await deadline('a', 60_000)], clearedDeadlines: ['b', 'unheard-of'] });
      expect(await due()).toEqual([]);
      expect(await store.counts()).toEqual({ effects: 0, deadlines: 1 });
    });

    it('keeps the log partitions apart', async () => {
      await claimed(1, 0);
      await claimed(5, 1);
      await apply(9, { effects: [effect('a')], deadlines: [await deadline('d', -1)] });
      await apply(2, { logPartition: 1, epoch: 5, effects: [effect('b')] });
      expect([await keys(9, 0), await keys(9, 1)]).toEqual([['a'], ['b']]);
      expect((await store.dueDeadlines(1, 0, 9)).deadlines).toEqual([]);
      expect([(await claimed(6, 0)).position, (await claimed(6, 1)).position]).toEqual([9, 2]);
      expect(await store.counts()).toEqual({ effects: 2, deadlines: 1 });
    });

    it('can be reset to the beginning of the log', async () => {
      await claimed(1);
      await apply(9, { pausedMs: 40, effects: [effect('a')], deadlines: [await deadline('d', -1)] });
      expect(await store.reset(0, 1)).toMatchObject({ outcome: 'applied' });
      expect(await store.counts()).toEqual({ effects: 0, deadlines: 0 });
      expect(await claimed(2)).toMatchObject({ position: 0, pausedMs: 40 });
    });

    it('takes thousands of rows at once', async () => {
      await claimed(1);
      const many = Array.from({ length: 5_000 }, (_, index) => `key-${index}`);
      const { dueAt, ripeAt } = await deadline('d', -1);
      await apply(1, {
        effects: many.map((key) => effect(key)),
        deadlines: many.map((key) => ({ key, dueAt, ripeAt, cause })),
      });
      expect(await store.counts()).toEqual({ effects: 5_000, deadlines: 5_000 });
      await apply(2, { closedEffects: many, clearedDeadlines: many.slice(1) });
      expect(await store.counts()).toEqual({ effects: 0, deadlines: 1 });
    });

    it('lets exactly one of two racing terms apply at a position', async () => {
      for (let round = 0; round < 10; round++) {
        await claimed(2 * round + 1);
        const [older] = await Promise.all([
          apply(round, { epoch: 2 * round + 1, effects: [effect(`old-${round}`)] }),
          store.claim(0, 2 * round + 2),
        ]);
        expect((await keys()).includes(`old-${round}`)).toBe(older.outcome === 'applied');
        expect(await apply(round, { epoch: 2 * round + 1 })).toEqual({ outcome: 'fenced' });
      }
    });
  });
};
