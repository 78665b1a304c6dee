import { memoryCoordination, type Coordination, type Lease } from '@murmuration/event-store';
import { manualTiming, type ManualTiming } from '../manual-timing.fixture';
import { heldLease } from './held-lease';

const DURATION_MS = 3_000;

/** A database that grants at once and whose answers are on their way for as long as told. */
const slowToAnswer = (timing: ManualTiming) => {
  const inner = memoryCoordination({ now: timing.now });
  let answersAfterMs = 0;
  const coordination: Coordination = {
    ...inner,
    acquire: async (...asked) => {
      const answer = await inner.acquire(...asked);
      if (answersAfterMs > 0) await new Promise<void>((arrive) => void timing.after(answersAfterMs, arrive));
      return answer;
    },
  };
  return {
    database: inner,
    coordination,
    answerAfter: (durationMs: number) => {
      answersAfterMs = durationMs;
    },
  };
};

const acquired = async (coordination: Coordination, holder: string): Promise<Lease> => {
  const answer = await coordination.acquire('agenda', holder, DURATION_MS);
  if (answer.outcome !== 'held') throw new Error('it is taken');
  return answer.lease;
};

const setUp = async () => {
  const timing = manualTiming();
  const { database, coordination, answerAfter } = slowToAnswer(timing);
  const lease = await acquired(coordination, 'here');
  const held = heldLease({
    ...{ coordination, lease, durationMs: DURATION_MS, timing, askedAtMs: timing.monotonicMs() },
    ...{ failed: () => undefined, changed: () => undefined },
  });
  return { timing, database, answerAfter, held };
};

describe('a lease that is held', () => {
  it('is renewed for as long as it is not released', async () => {
    const { timing, held, database } = await setUp();
    await timing.pass(10 * DURATION_MS);
    expect([held.isHeld(), held.isLost()]).toEqual([true, false]);
    await held.release();
    expect(held.isHeld()).toBe(false);
    expect((await database.acquire('agenda', 'there', DURATION_MS)).outcome).toBe('held');
  });

  it('counts from when it was asked for, since it may have been granted at that instant', async () => {
    const { timing, held, answerAfter, database } = await setUp();
    answerAfter(DURATION_MS * 0.8);
    // Asked for at a third of its duration, answered when it had run for four fifths of it; then the database goes silent.
    await timing.pass(DURATION_MS / 3 + DURATION_MS * 0.8);
    answerAfter(10 * DURATION_MS);
    expect(held.isHeld()).toBe(true);
    await timing.pass(DURATION_MS * 0.2);
    expect((await database.acquire('agenda', 'there', DURATION_MS)).outcome).toBe('taken');
    expect([held.isHeld(), held.isLost()]).toEqual([false, true]);
  });

  it('is no longer held a little before the database may give it to another', async () => {
    const { timing, held, answerAfter } = await setUp();
    answerAfter(10 * DURATION_MS);
    await timing.pass(DURATION_MS * 0.89);
    expect(held.isHeld()).toBe(true);
    await timing.pass(DURATION_MS * 0.02);
    expect([held.isHeld(), held.isLost()]).toEqual([false, true]);
  });
});
