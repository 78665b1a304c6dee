import type { Instant } from '@murmuration/kernel';

/** The version a stream must be at. A number is the exact version; `none` means it was never written, `exists` that it was. */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number;

export type EventMetadata = {
  /** The saga: every event that follows from one order carries the order's correlation id. */
  readonly correlationId: string;
  /** The event or command that made this happen. */
  readonly causationId: string;
  readonly actor: string;
  /** How many Kafka hops led here; guards against cycles. */
  readonly hop: number;
  readonly traceparent?: string;
  /** SHA-256 of the request body that an idempotency key was first used with. */
  readonly requestHash?: string;
};

/** `data` is JSON text and is kept byte for byte. */
export type NewEvent = {
  readonly streamId: string;
  /** A UUID; the identity by which a repeated append is recognised. */
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: EventMetadata;
};

export type StoredEvent = NewEvent & {
  /** Gapless from 1 within the stream. */
  readonly version: number;
  readonly logPartition: number;
  /** Gapless from 1 and in commit order within the log partition. */
  readonly position: number;
  /** By the database clock. */
  readonly recordedAt: Instant;
};

export type StreamCheck = { readonly streamId: string; readonly expected: ExpectedVersion };

/**
 * One command's outcome: events for any number of streams, stored all or none. A stream named in `checks` and not in
 * `events` is only checked; a stream in `events` and not in `checks` is appended to at any version. The order of
 * `events` is kept per stream. No events and only checks is legal: it verifies that a decision was made on fresh state.
 */
export type AppendRequest = { readonly checks: readonly StreamCheck[]; readonly events: readonly NewEvent[] };

export type Appended = {
  readonly eventId: string;
  readonly version: number;
  readonly logPartition: number;
  readonly position: number;
};

export type AppendVerdict =
  /** `repeated` when every event id was there already with the same content: then nothing was written, the places are the original ones. */
  | { readonly outcome: 'appended'; readonly repeated: boolean; readonly events: readonly Appended[] }
  /** `actual` is 0 for a stream that was never written. */
  | {
      readonly outcome: 'conflict';
      readonly streamId: string;
      readonly expected: ExpectedVersion;
      readonly actual: number;
    }
  /** An event id is there already with other content, or only some of the request's ids are. */
  | { readonly outcome: 'id-taken'; readonly eventId: string }
  | { readonly outcome: 'archived'; readonly streamId: string };

export type ReadStream = {
  readonly streamId: string;
  /** First version wanted, 1 by default. */
  readonly fromVersion?: number;
  /** Last version wanted, the newest by default. */
  readonly toVersion?: number;
};

export type EventStore = {
  /** Fixed when the store was created. A stream belongs to partition murmur2(streamId) mod this for ever. */
  readonly logPartitions: number;
  /**
   * Requests made while a flush is in flight travel together in the next one, in the order they were made, each with its own
   * verdict: a later request sees what an earlier one wrote. Rejects with `EventStoreError`: `overloaded` when the bounded
   * queue is full, `unavailable` when the outcome stays unknown after bounded resends of the very same request.
   */
  append(request: AppendRequest): Promise<AppendVerdict>;
  /** All requests in order or, at the first one that is not `appended`, none; `failedAt` is its index. */
  appendAll(requests: readonly AppendRequest[]): Promise<AppendAllVerdict>;
  /** Events of several streams in one round trip, ascending by version; missing streams yield an empty array. Keyed by streamId. */
  readStreams(streams: readonly ReadStream[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>>;
  /** Newest first. */
  readStreamBackwards(streamId: string, limit: number): Promise<readonly StoredEvent[]>;
  /** The events among these ids that are stored, in one round trip. */
  findEvents(eventIds: readonly string[]): Promise<ReadonlyMap<string, StoredEvent>>;
  /** Events of one log partition after a position, ascending and without gaps: none is ever skipped, hidden or inserted later. */
  readLog(logPartition: number, afterPosition: number, limit: number): Promise<readonly StoredEvent[]>;
  /** The newest position of a log partition, 0 when empty. */
  lastPosition(logPartition: number): Promise<number>;
  /** Closes a stream for ever: appends to it are refused and its id cannot be used again. Its events stay readable. */
  archive(streamId: string): Promise<void>;
  /** Rings after events of a log partition were committed, by this process at once, by others as soon as it is known; may ring for nothing. Returns the unsubscriber. */
  onAppended(listener: (logPartition: number) => void): () => void;
  close(): Promise<void>;
};

export type AppendAllVerdict =
  | { readonly outcome: 'appended'; readonly verdicts: readonly Extract<AppendVerdict, { outcome: 'appended' }>[] }
  | {
      readonly outcome: 'failed';
      readonly failedAt: number;
      readonly verdict: Exclude<AppendVerdict, { outcome: 'appended' }>;
    };
