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
  /** By `source/logPartition`. */
  readonly watermarks: ReadonlyMap<string, Watermark>;
  /** Keys that have parked records: what comes later for them joins their queue. */
  readonly parkedKeys: ReadonlySet<string>;
};

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
  /** `queued` records wait behind an earlier one of their key. */
  readonly kind: 'undecodable' | 'failed' | 'queued';
  readonly step?: string;
  readonly parkedAt: Instant;
};

/** Everything a micro-batch of records makes true, in one statement: all of it or nothing. */
export type InboxBatch = {
  readonly claim: Pick<Claim, 'group' | 'topic' | 'partition' | 'epoch'>;
  readonly nextOffset: string;
  /** The watermarks that moved, by `source/logPartition`. */
  readonly watermarks: ReadonlyMap<string, Watermark>;
  readonly parked: readonly ParkedRecord[];
  readonly append: AppendRequest;
};

export type InboxVerdict =
  | { readonly outcome: 'committed' }
  /** A newer epoch holds the claim: drop everything, leave and rejoin. */
  | { readonly outcome: 'fenced' }
  /** A stream was not at the version that the batch was decided on. */
  | { readonly outcome: 'conflict'; readonly streamId: string }
  /** An event id is taken by other content, or a stream is archived: trying again cannot help. */
  | { readonly outcome: 'refused'; readonly reason: string };

export type ParkedFilter = { readonly afterId?: string; readonly limit: number };

/** Where a service keeps what it has heard: offsets, watermarks and parked records, beside its events. */
export type Inbox = {
  claim(group: string, topic: string, partition: number, holder: string): Promise<Claim>;
  commit(batch: InboxBatch): Promise<InboxVerdict>;
  listParked(filter: ParkedFilter): Promise<readonly ParkedRecord[]>;
  findParked(id: string): Promise<ParkedRecord | undefined>;
  countParked(): Promise<number>;
};
