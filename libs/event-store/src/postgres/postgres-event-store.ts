import { assert, partitionOf } from '@murmuration/kernel';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { EventStoreError } from '../event-store-error';
import type { AppendAllVerdict, AppendRequest, AppendVerdict, EventStore, StoredEvent } from '../port';
import { checkReadable, checkStorable, isEventId } from '../storable';
import { appendCall } from './append-call';
import { Bell } from './bell';
import { COMMITTER_BOUNDS, type CommitterBounds, appendAnswer, committer } from './committer';
import { poolOf } from './data-source';
import { Lane, LaneGroup, type Statement, runPooled } from './lane';
import { numberAt, storedEvent } from './rows';
import {
  APPEND_ALL,
  ARCHIVE,
  CLAIM_SETTINGS,
  FIND_EVENTS,
  LAST_POSITION,
  READ_BACKWARDS,
  READ_LOG,
  READ_SETTINGS,
} from './statements';
import { streamReader } from './stream-reader';

export type PostgresEventStoreOptions = {
  /** Initialised and migrated; stays the caller's to destroy, after the store was closed. */
  readonly dataSource: DataSource;
  /** 1 by default. Fixed by whoever opens the store first. */
  readonly logPartitions?: number;
  readonly bounds?: Partial<CommitterBounds>;
  /** Told of bells between processes that were lost with a connection, which is made anew. Whoever listens also polls. */
  readonly onBellLost?: (error: unknown) => void;
};

const READ_LANES = 3;
const READS_WAITING_MAX = 10_000;

/** Settles the number of log partitions, or learns that it was settled otherwise. */
const claimLogPartitions = async (pool: Pool, logPartitions: number): Promise<void> => {
  assert(Number.isInteger(logPartitions) && logPartitions > 0, 'a whole number of log partitions from 1');
  let [row] = await runPooled(pool, READ_SETTINGS, []);
  if (!row) {
    await runPooled(pool, CLAIM_SETTINGS, [logPartitions]);
    [row] = await runPooled(pool, READ_SETTINGS, []);
  }
  const settled = row ? numberAt(row, 0) : undefined;
  if (settled !== logPartitions) {
    throw new EventStoreError('log-partitions-differ', `it has ${settled}, asked for was ${logPartitions}`);
  }
};

const touched = (verdicts: readonly AppendVerdict[]): ReadonlySet<number> => {
  const logPartitions = new Set<number>();
  for (const verdict of verdicts) {
    if (verdict.outcome === 'appended') for (const { logPartition } of verdict.events) logPartitions.add(logPartition);
  }
  return logPartitions;
};

/**
 * Keeps events in PostgreSQL. Rejects with `EventStoreError`: `not-migrated`, `log-partitions-differ`, `unavailable`.
 * While it works it holds up to five of the pool's connections for itself.
 */
export const postgresEventStore = async (options: PostgresEventStoreOptions): Promise<EventStore> => {
  const { dataSource, logPartitions = 1, bounds, onBellLost = () => undefined } = options;
  const pool = poolOf(dataSource);
  await claimLogPartitions(pool, logPartitions);
  const writer = new Lane(pool);
  const commands = committer(writer, logPartitions, { ...COMMITTER_BOUNDS, ...bounds });
  const lanes = new LaneGroup(pool, READ_LANES, READS_WAITING_MAX);
  const reader = streamReader(lanes);
  const bell = new Bell(pool, logPartitions, onBellLost);
  let closing: Promise<void> | undefined;

  const checkOpen = (): void => {
    if (closing) throw new EventStoreError('closed', 'no call is answered any more');
  };
  const readEvents = async (statement: Statement, values: readonly unknown[]): Promise<readonly StoredEvent[]> => {
    checkOpen();
    return (await lanes.run(statement, values)).map((row) => storedEvent(row));
  };
  const logOf = (streamId: string): number => (logPartitions === 1 ? 0 : partitionOf(streamId, logPartitions));

  const append = async (request: AppendRequest): Promise<AppendVerdict> => {
    checkStorable(request);
    const verdict = await commands.submit(request);
    if (verdict.outcome === 'appended') bell.ring(touched([verdict]));
    return verdict;
  };
  const appendAll = async (requests: readonly AppendRequest[]): Promise<AppendAllVerdict> => {
    checkOpen();
    requests.forEach(checkStorable);
    const { values, allVerdict } = appendCall(requests, logPartitions);
    const verdict = allVerdict(appendAnswer(await runPooled(pool, APPEND_ALL, values)));
    if (verdict.outcome === 'appended') bell.ring(touched(verdict.verdicts));
    return verdict;
  };
  const close = async (): Promise<void> => {
    await Promise.all([commands.close(), reader.close()]);
    bell.close();
    writer.close();
    lanes.close();
  };

  return {
    logPartitions,
    append,
    appendAll,
    readStreams: async (streams) => {
      checkReadable(streams);
      return reader.submit(streams);
    },
    readStreamBackwards: (streamId, limit) => readEvents(READ_BACKWARDS, [streamId, limit]),
    findEvents: async (eventIds) => {
      const found = await readEvents(FIND_EVENTS, [`{${eventIds.filter(isEventId).join(',')}}`]);
      return new Map(found.map((event) => [event.eventId, event]));
    },
    readLog: (logPartition, afterPosition, limit) => readEvents(READ_LOG, [logPartition, afterPosition, limit]),
    lastPosition: async (logPartition) => {
      checkOpen();
      const [row] = await lanes.run(LAST_POSITION, [logPartition]);
      return numberAt(row ?? [], 0);
    },
    archive: async (streamId) => {
      checkOpen();
      await runPooled(pool, ARCHIVE, [streamId, logOf(streamId)]);
    },
    onAppended: (listener) => bell.subscribe(listener),
    close: () => (closing ??= close()),
  };
};
