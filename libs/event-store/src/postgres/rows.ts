import { type Instant, assert } from '@murmuration/kernel';
import type { EventMetadata, StoredEvent } from '../port';
import type { TextRow } from './lane';

/** What `storedEvent` reads, in its order. UTC without a zone does not depend on the session's settings. */
export const EVENT_COLUMNS =
  "e.stream_id, e.version, e.log_partition, e.position, e.event_id, e.type, e.schema_version, e.data, e.metadata, e.recorded_at AT TIME ZONE 'UTC'";

/** `2026-03-01 09:30:00.12` → `2026-03-01T09:30:00.120Z`: the server leaves trailing zeros out. */
export const instantOfSql = (text: string): Instant =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).padEnd(3, '0')}Z` as Instant;

const text = (row: TextRow, column: number): string => {
  const value = row[column];
  assert(typeof value === 'string', `a value in column ${column}`);
  return value;
};

export const numberAt = (row: TextRow, column: number): number => Number(text(row, column));

export const storedEvent = (row: TextRow, first = 0): StoredEvent => ({
  streamId: text(row, first),
  version: numberAt(row, first + 1),
  logPartition: numberAt(row, first + 2),
  position: numberAt(row, first + 3),
  eventId: text(row, first + 4),
  type: text(row, first + 5),
  schemaVersion: numberAt(row, first + 6),
  data: text(row, first + 7),
  metadata: JSON.parse(text(row, first + 8)) as EventMetadata,
  recordedAt: instantOfSql(text(row, first + 9)),
});

const ESCAPED = /["\\]/g;

/** A parameter of type `text[]`. */
export const textArray = (texts: readonly string[]): string =>
  `{${texts.map((each) => `"${each.replace(ESCAPED, '\\$&')}"`).join(',')}}`;
