import { type AppendRequest, EventStoreError } from '@murmuration/event-store';
import { assert } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { ConsumerListener } from '../consumer-listener';
import type { Claim, Inbox, InboxPart, InboxVerdict } from '../inbox.port';
import { MessagingError } from '../messaging-error';
import { backoffMs, pauseOf } from './pause';

/** Why nothing more can be done under a claim. */
export type Ended = 'fenced' | 'halted' | 'abandoned';

/** How storing a batch ended; `unknown` when it may or may not have been stored, which is settled before anything else is. */
export type Stored = InboxVerdict | { readonly outcome: 'unknown'; readonly error: unknown };

/** How it stands with what may have been stored: it was, it was not and never will be, or the claim has ended. */
export type Settled = 'stored' | 'not-stored' | 'ended';

/** One claim while it lasts: what is stored under it, and the patience with the database it is stored in. */
export type ClaimSession = {
  readonly claim: Claim;
  ended(): Ended | undefined;
  end(why: Ended): void;
  /** The offset stored last. */
  committed(): string;
  /** Does it until it succeeds, for what no record can be blamed for. Rejects with `closed` when abandoned. */
  persistently<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Stores a batch, sent again exactly as it is a few times when its outcome is unknown. Rejects with `closed` when abandoned. */
  commit(content: BatchContent, append: AppendRequest): Promise<Stored>;
  /** The next batch, to be stored together with others. */
  part(content: BatchContent): InboxPart;
  /** The part was stored. */
  stored(part: InboxPart): void;
  /** The next batch may have been stored; `whenStored`, which says so of its part, is called if it turns out that it was. */
  doubt(whenStored: () => void): void;
  /** Whether what is stored next could be taken for a batch or a probe that may have been stored. */
  inDoubt(): boolean;
  /**
   * Asks the database to check a stream and store nothing else, which takes the place of a batch in doubt unless that one
   * was stored. Rejects as the inbox does while the database is away.
   */
  settle(): Promise<Settled>;
  /** A wait that ends early when the claim does. */
  pause(durationMs: number): Promise<void>;
};

export type BatchContent = Omit<InboxPart, 'claim' | 'sequence'>;

export const NOTHING: AppendRequest = { checks: [], events: [] };

/** A stream that nobody ever writes, read and checked to learn whether the database answers. */
export const PROBE_STREAM = 'consumer-probe';
const PROBE: AppendRequest = { checks: [{ streamId: PROBE_STREAM, expected: 0 }], events: [] };

const RETRY = { firstMs: 50, maxMs: 5_000 };
/** How often one and the same batch is sent before it counts as in doubt. */
export const SENDS_MAX = 3;

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The store refused the content itself; asking again cannot help. */
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
  let whenDoubtedIsStored: (() => void) | undefined;
  let isProbeInDoubt = false;

  const orClosed = (): void => {
    if (ended === 'abandoned') throw new MessagingError('closed', `${topic}/${partition}`);
  };
  const pause = async (durationMs: number): Promise<void> => {
    if (ended === undefined) await rest.wait(durationMs);
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
        await pause(pauseMs);
      }
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
    whenDoubtedIsStored = undefined;
    isProbeInDoubt = false;
  };
  const fenced = (): void => {
    ended ??= 'fenced';
    listener.fenced?.({ topic, partition });
  };

  const inDoubt = (): boolean => whenDoubtedIsStored !== undefined || isProbeInDoubt;

  const send = async (next: InboxPart, append: AppendRequest): Promise<Stored> => {
    for (let attempt = 1; ; attempt++) {
      orClosed();
      try {
        return await inbox.commit({ ...next, append });
      } catch (error) {
        orClosed();
        if (isRefusal(error)) return { outcome: 'refused', reason: reasonOf(error) };
        if (attempt >= SENDS_MAX) return { outcome: 'unknown', error };
        await pause(backoffMs(attempt, { ...RETRY, chance }));
      }
    }
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
      assert(!inDoubt(), `what may have been stored on ${topic}/${partition} to be settled first`);
      const next = part(content);
      const verdict = await send(next, append);
      if (verdict.outcome === 'committed') stored(next);
      if (verdict.outcome === 'fenced') fenced();
      return verdict;
    },
    part,
    stored,
    doubt: (whenStored) => {
      whenDoubtedIsStored = whenStored;
    },
    inDoubt,
    settle: async () => {
      orClosed();
      const probe = part({ nextOffset: committed, watermarks: new Map(), parked: [], settled: [] });
      let verdict: InboxVerdict;
      try {
        verdict = await inbox.commit({ ...probe, append: PROBE });
      } catch (error) {
        isProbeInDoubt = true;
        throw error;
      }
      orClosed();
      if (verdict.outcome === 'fenced') fenced();
      if (ended !== undefined) return 'ended';
      if (verdict.outcome !== 'committed')
        throw new MessagingError('unavailable', `a probe ended as ${verdict.outcome}`);
      const whenStored = whenDoubtedIsStored;
      if (verdict.repeated && whenStored !== undefined) {
        // Either the batch in doubt was stored or a probe after it: then only a new claim can tell.
        if (isProbeInDoubt) {
          fenced();
          return 'ended';
        }
        whenStored();
        return 'stored';
      }
      stored(probe);
      return 'not-stored';
    },
    pause,
  };
};
