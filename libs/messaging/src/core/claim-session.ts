import { type AppendRequest, EventStoreError } from '@murmuration/event-store';
import type { Clock } from '../clock.port';
import type { ConsumerListener } from '../consumer-listener';
import type { Claim, Inbox, InboxBatch, InboxPart, InboxVerdict } from '../inbox.port';
import { MessagingError } from '../messaging-error';
import { backoffMs, pauseOf } from './pause';

/** Why nothing more can be done under a claim. */
export type Ended = 'fenced' | 'halted' | 'abandoned';

/** One claim while it lasts: what is stored under it, and the patience with the database it is stored in. */
export type ClaimSession = {
  readonly claim: Claim;
  ended(): Ended | undefined;
  end(why: Ended): void;
  /** The offset stored last. */
  committed(): string;
  /** Does it until it succeeds: a database that is away parks nothing. Rejects with `closed` when abandoned. */
  persistently<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Stores a batch exactly as it is until its outcome is known; it is never decided anew while in doubt. */
  commit(content: BatchContent, append: AppendRequest): Promise<InboxVerdict>;
  /** The next batch, to be stored together with others. */
  part(content: BatchContent): InboxPart;
  /** The part was stored. */
  stored(part: InboxPart): void;
  pauseAfterConflict(conflicts: number): Promise<void>;
};

export type BatchContent = Omit<InboxPart, 'claim' | 'sequence'>;

export const NOTHING: AppendRequest = { checks: [], events: [] };

const RETRY = { firstMs: 50, maxMs: 5_000 };
const CONFLICT_PAUSE = { firstMs: 2, maxMs: 250 };

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The store refused the events themselves; asking again cannot help. */
export const isRefusal = (error: unknown): boolean =>
  (error instanceof EventStoreError && (error.code === 'invalid-request' || error.code === 'refused')) ||
  (error instanceof MessagingError && error.code === 'refused');

export const claimSession = (
  claim: Claim,
  {
    inbox,
    clock,
    chance,
    listener,
  }: {
    readonly inbox: Pick<Inbox, 'commit'>;
    readonly clock: Clock;
    readonly chance: () => number;
    readonly listener: ConsumerListener;
  },
): ClaimSession => {
  const { group, topic, partition, epoch } = claim;
  const rest = pauseOf(clock);
  let committed = claim.nextOffset;
  let sequence = 0;
  let ended: Ended | undefined;

  const orClosed = (): void => {
    if (ended === 'abandoned') throw new MessagingError('closed', `${topic}/${partition}`);
  };

  const persistently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      orClosed();
      try {
        return await work();
      } catch (error) {
        orClosed();
        const pauseMs = backoffMs(attempt, { ...RETRY, chance });
        listener.retrying?.({ topic, partition, error, attempt, pauseMs });
        await rest.wait(pauseMs);
      }
    }
  };

  const commitOnce = async (batch: InboxBatch): Promise<InboxVerdict> => {
    try {
      return await inbox.commit(batch);
    } catch (error) {
      if (batch.append.events.length > 0 && isRefusal(error)) return { outcome: 'refused', reason: reasonOf(error) };
      throw error;
    }
  };

  const part = (content: BatchContent): InboxPart => ({
    claim: { group, topic, partition, epoch },
    sequence: sequence + 1,
    ...content,
  });
  const stored = (next: InboxPart): void => {
    sequence = next.sequence;
    committed = next.nextOffset;
  };

  return {
    claim,
    ended: () => ended,
    end: (why) => {
      ended ??= why;
      rest.wake();
    },
    committed: () => committed,
    persistently,
    commit: async (content, append) => {
      const next = part(content);
      const verdict = await persistently(() => commitOnce({ ...next, append }));
      if (verdict.outcome === 'committed') stored(next);
      if (verdict.outcome === 'fenced') {
        ended ??= 'fenced';
        listener.fenced?.({ topic, partition });
      }
      return verdict;
    },
    part,
    stored,
    pauseAfterConflict: (conflicts) => rest.wait(backoffMs(conflicts, { ...CONFLICT_PAUSE, chance })),
  };
};
