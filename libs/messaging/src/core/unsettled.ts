import type { ConsumerListener } from '../consumer-listener';
import type { ParkedWish } from '../inbox.port';
import type { SettledWish } from './settle-parked';

/** Counts in vain attempts to do what somebody wants of parked records, and tells of them ever more seldom. */
export type Unsettled = { note(wish: ParkedWish, settled: SettledWish): void };

/** Records whose attempts are counted; the one that failed longest ago is forgotten, and told of anew, beyond them. */
const RECORDS_MAX = 1_000;

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

export const unsettled = (listener: Pick<ConsumerListener, 'settlingFailed'>): Unsettled => {
  const attempts = new Map<string, number>();
  return {
    note: ({ record: { id, topic, partition }, wish }, settled) => {
      const before = attempts.get(id) ?? 0;
      attempts.delete(id);
      if (settled.outcome !== 'not-stored') return;
      const attempt = before + 1;
      attempts.set(id, attempt);
      const [oldest] = attempts.keys();
      if (attempts.size > RECORDS_MAX && oldest !== undefined) attempts.delete(oldest);
      if (isPowerOfTwo(attempt))
        listener.settlingFailed?.({ topic, partition, id, wish, attempt, reason: settled.reason });
    },
  };
};
