import type { AppendRequest } from '@murmuration/event-store';
import type { Instant } from '@murmuration/kernel';
import type { Watermark } from './link';

/** One consumer's exclusive right to a topic-partition. Each claim raises the epoch, which fences the former holder. */
export type Claim = {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  /** The offset to read next, a decimal int64; `'0'` at first. */
  readonly nextOffset: string;
  /** Claims in a row, this one included, since anything was last committed here. */
  readonly starts: number;
  /** By `source/logPartition`. */
  readonly watermarks: ReadonlyMap<string, Watermark>;
  /** How many records each key has parked: what comes later for it joins its queue. */
  readonly parkedKeys: ReadonlyMap<string, number>;
};

/**
 * Why a record is parked. `queued` ones wait behind an earlier one of their key; `unknown-version` and `unknown-type` wait
 * for code that knows what they say, or what is stored in the streams that they are about.
 */
export type ParkedKind = 'undecodable' | 'unknown-version' | 'unknown-type' | 'failed' | 'queued';

/** A record that could not be applied, kept with its bytes and the reason. Redriven records of one key go in order. */
export type ParkedRecord = {
  /** `<group>:<topic>:<partition>:<offset>`. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly reason: string;
  readonly kind: ParkedKind;
  /** Later records of its key wait behind it. Not so for bytes without a valid link, whose key means nothing. */
  readonly holdsKey: boolean;
  readonly step?: string;
  readonly parkedAt: Instant;
};

/** Everything a micro-batch of records makes true, in one statement: all of it or nothing. */
export type InboxBatch = {
  readonly claim: Pick<Claim, 'group' | 'topic' | 'partition' | 'epoch'>;
  /** Counts the batches of one claim from 1. Committing the newest one again changes nothing and is answered as repeated. */
  readonly sequence: number;
  readonly nextOffset: string;
  /** The watermarks that moved, by `source/logPartition`. */
  readonly watermarks: ReadonlyMap<string, Watermark>;
  readonly parked: readonly ParkedRecord[];
  /** Parked records that were dealt with: they leave the queue of their key and stay as a trail. */
  readonly settled: readonly SettledRecord[];
  readonly append: AppendRequest;
};

/** The one by whom records are redriven that wait for newer code or were parked wrongly. */
export const SYSTEM = 'system';

/** What somebody wants to be done about a parked record. Its own consumer does it, in the order of the key's queue. */
export type ParkedWish = { readonly record: ParkedRecord; readonly wish: 'redrive' | 'discard' };

/** A batch without its events. */
export type InboxPart = Omit<InboxBatch, 'append'>;

export type SettledRecord = {
  readonly id: string;
  /** `failed-again` keeps the record parked, with a new reason and kind. */
  readonly outcome: 'redriven' | 'discarded' | 'failed-again';
  readonly reason?: string;
  /** Of a record that stays parked; `failed` when absent. */
  readonly kind?: ParkedKind;
};

/** What was done about a parked record, by whom. */
export type ParkedTrailEntry = {
  readonly at: Instant;
  /** Who asked for it; `consumer` for what became of it. */
  readonly actor: string;
  readonly action: 'redrive' | 'discard' | 'edit' | SettledRecord['outcome'];
  readonly reason?: string;
};

export type InboxVerdict =
  /** `repeated`: something was stored under this sequence before, and this changed nothing. */
  | { readonly outcome: 'committed'; readonly repeated?: true }
  /** A newer epoch holds the claim: drop everything, leave and rejoin. */
  | { readonly outcome: 'fenced' }
  /** A stream was not at the version that the batch was decided on. */
  | { readonly outcome: 'conflict'; readonly streamId: string }
  /**
   * An event id is taken (`takenId`: it is there with other content, or without the others), a stream is archived, or the
   * content cannot be kept: trying again cannot help.
   */
  | { readonly outcome: 'refused'; readonly reason: string; readonly takenId?: string };

/** Which parked records, in the order in which they were parked: those that fit all that is given. */
export type ParkedFilter = {
  readonly afterId?: string;
  readonly limit: number;
  readonly group?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly key?: string;
  readonly kind?: ParkedKind;
};

/** Where a service keeps what it has heard: offsets, watermarks and parked records, beside its events. */
export type Inbox = {
  claim(group: string, topic: string, partition: number, holder: string): Promise<Claim>;
  /**
   * Notes that a record is about to be handled under a claim, and answers under how many claims in a row this was noted for its
   * offset. To note it again under the same claim changes nothing, for the answer may have been lost.
   */
  noteAttempt(claim: InboxBatch['claim'], offset: string): Promise<number>;
  /** Takes the attempt back that this claim noted, once: it ended without a commit, but its process lives. */
  withdrawAttempt(claim: InboxBatch['claim'], offset: string): Promise<void>;
  /** Rejects with a retryable error when the outcome is unknown or nothing was stored, and with another when the content is refused. */
  commit(batch: InboxBatch): Promise<InboxVerdict>;
  /**
   * Batches of several claims of one group with all of their events: all of it or nothing. `fenced` when any of them is.
   * Again, committing the very same parts twice changes nothing.
   */
  commitTogether(parts: readonly InboxPart[], append: AppendRequest): Promise<InboxVerdict>;
  listParked(filter: ParkedFilter): Promise<readonly ParkedRecord[]>;
  findParked(id: string): Promise<ParkedRecord | undefined>;
  countParked(): Promise<number>;
  /**
   * Asks its consumer to redrive or discard a parked record; `actor` goes into the trail. It takes the place of what was wished
   * before, but for a wish of `SYSTEM`, which changes nothing then.
   */
  wish(id: string, wish: 'redrive' | 'discard', actor: string): Promise<'noted' | 'not-parked'>;
  /** Replaces a parked record's bytes and headers before it is redriven; the former ones stay in the trail. */
  edit(id: string, content: Pick<ParkedRecord, 'value' | 'headers'>, actor: string): Promise<'edited' | 'not-parked'>;
  /** What was done about a parked record, also one that is settled, oldest first; a bounded number of entries. */
  readTrail(id: string): Promise<readonly ParkedTrailEntry[]>;
  /**
   * What a group's consumers are to do now, in the order of each key's queue: from its head, the records that somebody
   * wants settled and the ones that were only queued behind them, up to the first that waits for a wish. A bounded number of
   * them, and of the given topic-partitions only, so that one with many keeps nobody else waiting.
   */
  listWishes(group: string, places?: readonly Pick<Claim, 'topic' | 'partition'>[]): Promise<readonly ParkedWish[]>;
  /**
   * Forgets records that were settled before the given time, at most so many and the oldest first, with their trails and
   * former contents; answers how many. What is still parked stays. A record that comes once more after it was forgotten is
   * parked like a new one.
   */
  pruneSettled(before: Instant, limit: number): Promise<number>;
};
