import { randomUUID } from 'node:crypto';
import type { Coordination, LeaseOutcome } from './checkpoints.port';

/** A coordination under test, and how to let its clock pass by some milliseconds. */
export type CoordinationUnderTest = {
  readonly coordination: Coordination;
  readonly pass: (durationMs: number) => Promise<void>;
};

const LONG_MS = 60_000;
const SHORT_MS = 40;

const epochOf = (outcome: LeaseOutcome): number => {
  if (outcome.outcome !== 'held') throw new Error(`expected a held lease, got ${JSON.stringify(outcome)}`);
  return outcome.lease.epoch;
};

/** Every promise of the `Coordination` port. */
export const coordinationContract = (name: string, make: () => Promise<CoordinationUnderTest>): void => {
  describe(`${name}: leases`, () => {
    let under: CoordinationUnderTest;
    beforeAll(async () => {
      under = await make();
    });

    it('gives a free lease to the first who asks, at epoch 1', async () => {
      const lease = randomUUID();
      expect(await under.coordination.acquire(lease, 'a', LONG_MS)).toEqual({
        outcome: 'held',
        lease: { name: lease, holder: 'a', epoch: 1 },
      });
    });

    it('refuses another holder while the lease is healthy and says when to ask again', async () => {
      const lease = randomUUID();
      await under.coordination.acquire(lease, 'a', LONG_MS);
      const refused = await under.coordination.acquire(lease, 'b', LONG_MS);
      expect(refused.outcome).toBe('taken');
      const retryInMs = refused.outcome === 'taken' ? refused.retryInMs : 0;
      expect(retryInMs).toBeGreaterThan(LONG_MS / 2);
      expect(retryInMs).toBeLessThanOrEqual(LONG_MS);
    });

    it('renews the lease of its holder at the same epoch', async () => {
      const lease = randomUUID();
      const first = epochOf(await under.coordination.acquire(lease, 'a', SHORT_MS));
      expect(epochOf(await under.coordination.acquire(lease, 'a', LONG_MS))).toBe(first);
      await under.pass(SHORT_MS * 2);
      expect((await under.coordination.acquire(lease, 'b', LONG_MS)).outcome).toBe('taken');
    });

    it('lets another take a lapsed lease over, at a higher epoch', async () => {
      const lease = randomUUID();
      const first = epochOf(await under.coordination.acquire(lease, 'a', SHORT_MS));
      await under.pass(SHORT_MS * 2);
      expect(epochOf(await under.coordination.acquire(lease, 'b', LONG_MS))).toBeGreaterThan(first);
      expect((await under.coordination.acquire(lease, 'a', LONG_MS)).outcome).toBe('taken');
    });

    it('raises the epoch also for a holder who lets its own lease lapse', async () => {
      const lease = randomUUID();
      const first = epochOf(await under.coordination.acquire(lease, 'a', SHORT_MS));
      await under.pass(SHORT_MS * 2);
      expect(epochOf(await under.coordination.acquire(lease, 'a', LONG_MS))).toBeGreaterThan(first);
    });

    it('frees a released lease at once, and never gives an epoch twice', async () => {
      const lease = randomUUID();
      const held = await under.coordination.acquire(lease, 'a', LONG_MS);
      if (held.outcome === 'held') await under.coordination.release(held.lease);
      expect(epochOf(await under.coordination.acquire(lease, 'b', LONG_MS))).toBeGreaterThan(epochOf(held));
    });

    it('ignores a release by who no longer holds the lease', async () => {
      const lease = randomUUID();
      const held = await under.coordination.acquire(lease, 'a', SHORT_MS);
      await under.pass(SHORT_MS * 2);
      await under.coordination.acquire(lease, 'b', LONG_MS);
      if (held.outcome === 'held') await under.coordination.release(held.lease);
      expect((await under.coordination.acquire(lease, 'c', LONG_MS)).outcome).toBe('taken');
    });

    it('gives a free lease to exactly one of many who ask at once', async () => {
      for (let round = 0; round < 5; round++) {
        const lease = randomUUID();
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, (_, index) => under.coordination.acquire(lease, `holder-${index}`, LONG_MS)),
        );
        expect(outcomes.filter(({ outcome }) => outcome === 'held')).toHaveLength(1);
      }
    });
  });

  describe(`${name}: checkpoints`, () => {
    let under: CoordinationUnderTest;
    beforeAll(async () => {
      under = await make();
    });

    it('reads 0 for a reader that never moved', async () => {
      expect(await under.coordination.readCheckpoint(randomUUID(), 0)).toBe(0);
    });

    it('moves forward, per reader and log partition', async () => {
      const reader = randomUUID();
      const { coordination } = under;
      expect(await coordination.moveCheckpoint({ reader, logPartition: 0, position: 5, epoch: 1 })).toBe('moved');
      expect(await coordination.moveCheckpoint({ reader, logPartition: 1, position: 3, epoch: 1 })).toBe('moved');
      expect(await coordination.moveCheckpoint({ reader, logPartition: 0, position: 9, epoch: 1 })).toBe('moved');
      expect(await coordination.readCheckpoint(reader, 0)).toBe(9);
      expect(await coordination.readCheckpoint(reader, 1)).toBe(3);
    });

    it('says so when it is already there', async () => {
      const reader = randomUUID();
      await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 5, epoch: 1 });
      expect(await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 5, epoch: 1 })).toBe(
        'already-there',
      );
    });

    it('never goes back', async () => {
      const reader = randomUUID();
      await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 5, epoch: 1 });
      expect(await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 4, epoch: 2 })).toBe(
        'fenced',
      );
      expect(await under.coordination.readCheckpoint(reader, 0)).toBe(5);
    });

    it('is not moved by a zombie of an older epoch', async () => {
      const reader = randomUUID();
      await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 5, epoch: 2 });
      expect(await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 8, epoch: 1 })).toBe(
        'fenced',
      );
      expect(await under.coordination.readCheckpoint(reader, 0)).toBe(5);
    });

    it('fences the older epoch as soon as a newer one has claimed the place where it stands', async () => {
      const reader = randomUUID();
      await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 0, epoch: 3 });
      expect(await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 0, epoch: 4 })).toBe(
        'already-there',
      );
      expect(await under.coordination.moveCheckpoint({ reader, logPartition: 0, position: 1, epoch: 3 })).toBe(
        'fenced',
      );
    });

    it('lets racing moves end at the furthest position', async () => {
      const reader = randomUUID();
      const positions = Array.from({ length: 20 }, (_, index) => index + 1);
      await Promise.all(
        positions.map((position) => under.coordination.moveCheckpoint({ reader, logPartition: 0, position, epoch: 1 })),
      );
      expect(await under.coordination.readCheckpoint(reader, 0)).toBe(20);
    });
  });
};
