import { type AppendAnswer, type AppendRequest, appendCall, type EventStore, poolOf } from '@murmuration/event-store';
import { assert, type Instant, partitionOf } from '@murmuration/kernel';
import type { DataSource } from 'typeorm';
import { settleable } from '../core/parked-queue';
import type {
  Claim,
  Inbox,
  InboxPart,
  InboxVerdict,
  ParkedRecord,
  ParkedTrailEntry,
  SettledRecord,
} from '../inbox.port';
import { inboxVerdictOf } from '../inbox-verdict';
import type { Watermark } from '../link';
import { COMMIT_INBOX, INBOX_COMMITTED, INBOX_FENCED, INBOX_REPEATED } from './inbox-commit.sql';
import {
  CLAIM,
  COUNT_PARKED,
  EDIT_PARKED,
  FIND_PARKED,
  LIST_PARKED,
  LIST_WISHES,
  NOTE_ATTEMPT,
  PRUNE_SETTLED,
  READ_PARKED_KEYS,
  READ_TRAIL,
  READ_WATERMARKS,
  WISH,
  WITHDRAW_ATTEMPT,
} from './inbox.statements';
import { type Row, runStatement } from './statements';

export type PostgresInboxOptions = {
  /** Initialised and migrated with `messagingMigrations`; the one of the event store. */
  readonly dataSource: DataSource;
  /** As the event store has them; 1 by default. */
  readonly logPartitions?: number;
};

/** `onAppended` rings after a batch with events was committed through this inbox. */
export type PostgresInbox = Inbox & Pick<EventStore, 'onAppended'>;

const text = (row: Row, column: string): string => String(row[column]);

const parkedRecordOf = (row: Row): ParkedRecord => ({
  id: text(row, 'id'),
  topic: text(row, 'topic'),
  partition: Number(row['partition']),
  offset: text(row, 'record_offset'),
  key: row['key'] as string | null,
  value: row['value'] as Buffer | null,
  headers: row['headers'] as Readonly<Record<string, string>>,
  reason: text(row, 'reason'),
  kind: row['kind'] as ParkedRecord['kind'],
  holdsKey: row['holds_key'] === true,
  ...(typeof row['step'] === 'string' && { step: row['step'] }),
  parkedAt: (row['parked_at'] as Date).toISOString() as Instant,
});

const trailEntryOf = (row: Row): ParkedTrailEntry => ({
  at: (row['noted_at'] as Date).toISOString() as Instant,
  actor: text(row, 'actor'),
  action: row['action'] as ParkedTrailEntry['action'],
  ...(typeof row['reason'] === 'string' && { reason: row['reason'] }),
});

/** PostgreSQL keeps neither a NUL nor half a surrogate pair in a text; bytes stay as they are in `value`. */
const storable = (words: string): string => words.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD');

const parkedRow = ({ key, value, holdsKey, reason, offset, parkedAt, ...record }: ParkedRecord) => ({
  ...{ id: record.id, kind: record.kind, step: record.step && storable(record.step) },
  ...{ topic: record.topic, partition: record.partition },
  // As a text within the text: the server would unescape, and refuse, a NUL in a header.
  headers: JSON.stringify(record.headers),
  ...{ record_offset: offset, holds_key: holdsKey, parked_at: parkedAt },
  key: key === null ? null : storable(key),
  value: value?.toString('base64') ?? null,
  reason: storable(reason),
});

const settledRow = ({ id, outcome, reason, kind }: SettledRecord) => ({
  ...{ id, outcome, kind },
  ...(reason !== undefined && { reason: storable(reason) }),
});

const jsonOrNull = (rows: readonly unknown[]): string | null => (rows.length === 0 ? null : JSON.stringify(rows));

const valuesOf = (parts: readonly InboxPart[], append: AppendRequest): readonly unknown[] => {
  const moved = parts.flatMap(({ watermarks }, index) => [...watermarks].map((mark) => [index + 1, ...mark] as const));
  const group = parts[0]?.claim.group;
  assert(
    parts.every(({ claim }) => claim.group === group),
    'batches of one group',
  );
  return [
    group,
    parts.map(({ claim }) => claim.topic),
    parts.map(({ claim }) => claim.partition),
    parts.map(({ claim }) => claim.epoch),
    parts.map(({ sequence }) => sequence),
    parts.map(({ nextOffset }) => nextOffset),
    moved.map(([part]) => part),
    moved.map(([, source]) => source),
    moved.map(([, , { position }]) => position),
    moved.map(([, , { eventId }]) => eventId),
    jsonOrNull(parts.flatMap(({ parked }) => parked.map(parkedRow))),
    jsonOrNull(parts.flatMap(({ settled }) => settled.map(settledRow))),
    append.events.length + append.checks.length > 0,
  ];
};

/** Keeps what was heard in PostgreSQL, beside the events of the same database. Rejects with `MessagingError`. */
export const postgresInbox = ({ dataSource, logPartitions = 1 }: PostgresInboxOptions): PostgresInbox => {
  const pool = poolOf(dataSource);
  const listeners = new Set<(logPartition: number) => void>();

  const ring = ({ events }: AppendRequest): void => {
    if (events.length === 0) return;
    const rung =
      logPartitions === 1 ? [0] : new Set(events.map(({ streamId }) => partitionOf(streamId, logPartitions)));
    for (const logPartition of rung) for (const listener of [...listeners]) listener(logPartition);
  };

  const claim = async (group: string, topic: string, partition: number, holder: string): Promise<Claim> => {
    const place = [group, topic, partition];
    const [made] = await runStatement(pool, CLAIM, [...place, holder]);
    // From here on nobody else can commit, so what is read next belongs to this claim.
    const [watermarks, keys] = await Promise.all([
      runStatement(pool, READ_WATERMARKS, place),
      runStatement(pool, READ_PARKED_KEYS, place),
    ]);
    return {
      ...{ group, topic, partition, epoch: Number(made?.['epoch']), nextOffset: text(made ?? {}, 'next_offset') },
      starts: Number(made?.['starts']),
      watermarks: new Map(
        watermarks.map((row): [string, Watermark] => [
          text(row, 'source'),
          { position: Number(row['position']), eventId: text(row, 'event_id') },
        ]),
      ),
      parkedKeys: new Map(keys.map((row) => [text(row, 'key'), Number(row['records'])])),
    };
  };

  const commit = async (parts: readonly InboxPart[], append: AppendRequest): Promise<InboxVerdict> => {
    const call = appendCall([append], logPartitions);
    const [row] = await runStatement(pool, COMMIT_INBOX, [...valuesOf(parts, append), ...call.values]);
    const outcome = Number(row?.['inbox_outcome']);
    if (outcome === INBOX_FENCED) return { outcome: 'fenced' };
    if (outcome === INBOX_COMMITTED || outcome === INBOX_REPEATED) {
      ring(append);
      return outcome === INBOX_REPEATED ? { outcome: 'committed', repeated: true } : { outcome: 'committed' };
    }
    const answer = call.allVerdict(row?.['append_answer'] as AppendAnswer);
    assert(answer.outcome === 'failed', 'a failed append to say why');
    return inboxVerdictOf(answer.verdict);
  };

  return {
    claim,
    noteAttempt: async ({ group, topic, partition, epoch }, offset) => {
      const [row] = await runStatement(pool, NOTE_ATTEMPT, [group, topic, partition, epoch, offset]);
      return Number(row?.['suspect_attempts'] ?? 1);
    },
    withdrawAttempt: async ({ group, topic, partition, epoch }, offset) => {
      await runStatement(pool, WITHDRAW_ATTEMPT, [group, topic, partition, epoch, offset]);
    },
    commit: (batch) => commit([batch], batch.append),
    commitTogether: commit,
    listParked: async ({ afterId, limit, group, topic, partition, key, kind }) => {
      const values = [afterId, limit, group, topic, partition, key && storable(key), kind];
      const rows = await runStatement(
        pool,
        LIST_PARKED,
        values.map((value) => value ?? null),
      );
      return rows.map(parkedRecordOf);
    },
    findParked: async (id) => {
      const [row] = await runStatement(pool, FIND_PARKED, [id]);
      return row && parkedRecordOf(row);
    },
    countParked: async () => {
      const [row] = await runStatement(pool, COUNT_PARKED, []);
      return Number(row?.['records']);
    },
    wish: async (id, wish, actor) => {
      const noted = await runStatement(pool, WISH, [id, wish, actor]);
      return noted.length === 0 ? 'not-parked' : 'noted';
    },
    readTrail: async (id) => (await runStatement(pool, READ_TRAIL, [id])).map(trailEntryOf),
    edit: async (id, { value, headers }, actor) => {
      const edited = await runStatement(pool, EDIT_PARKED, [id, value, JSON.stringify(headers), actor]);
      return edited.length === 0 ? 'not-parked' : 'edited';
    },
    listWishes: async (group, places) => {
      const at = places === undefined ? [null, null] : [places.map((p) => p.topic), places.map((p) => p.partition)];
      const rows = await runStatement(pool, LIST_WISHES, [group, ...at]);
      return settleable(
        rows.map((row) => ({
          record: parkedRecordOf(row),
          ...((row['wish'] === 'redrive' || row['wish'] === 'discard') && { wish: row['wish'] }),
        })),
      );
    },
    pruneSettled: async (before, limit) => (await runStatement(pool, PRUNE_SETTLED, [before, limit])).length,
    onAppended: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

/** The store, with a bell that also rings for what its inbox stores. */
export const withInboxBell = (store: EventStore, inbox: Pick<EventStore, 'onAppended'>): EventStore => ({
  ...store,
  onAppended: (listener) => {
    const unsubscribe = [store.onAppended(listener), inbox.onAppended(listener)];
    return () => unsubscribe.forEach((end) => end());
  },
});
