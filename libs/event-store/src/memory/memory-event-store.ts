import { type Instant, assert, partitionOf } from '@murmuration/kernel';
import { EventStoreError } from '../event-store-error';
import type {
  AppendAllVerdict,
  AppendRequest,
  AppendVerdict,
  Appended,
  EventStore,
  ExpectedVersion,
  NewEvent,
  ReadStream,
  StoredEvent,
} from '../port';
import { checkReadable, checkStorable } from '../storable';

export type MemoryEventStoreOptions = { readonly logPartitions?: number; readonly now: () => Instant };

type AppendedVerdict = Extract<AppendVerdict, { outcome: 'appended' }>;

const placeOf = ({ eventId, version, logPartition, position }: StoredEvent): Appended => ({
  eventId,
  version,
  logPartition,
  position,
});

const sameContent = (stored: StoredEvent, event: NewEvent): boolean =>
  stored.streamId === event.streamId &&
  stored.type === event.type &&
  stored.schemaVersion === event.schemaVersion &&
  stored.data === event.data;

export const satisfies = (expected: ExpectedVersion, actual: number): boolean => {
  if (expected === 'any') return true;
  if (expected === 'none') return actual === 0;
  if (expected === 'exists') return actual > 0;
  return expected === actual;
};

const checkJson = (event: NewEvent): void => {
  try {
    JSON.parse(event.data);
  } catch (cause) {
    throw new EventStoreError('invalid-request', `data of event ${event.eventId} is not JSON`, { cause });
  }
};

/** The events themselves; every method runs to its end at once, so a simulator sees no interleaving inside of one. */
class MemoryLog {
  readonly streams = new Map<string, StoredEvent[]>();
  readonly byId = new Map<string, StoredEvent>();
  readonly logs: StoredEvent[][];
  readonly archived = new Set<string>();

  constructor(
    readonly logPartitions: number,
    private readonly now: () => Instant,
  ) {
    this.logs = Array.from({ length: logPartitions }, () => []);
  }

  logOf(logPartition: number): StoredEvent[] {
    const log = this.logs[logPartition];
    assert(log, `a log partition from 0 to ${this.logPartitions - 1}, got ${logPartition}`);
    return log;
  }

  versionOf(streamId: string): number {
    return this.streams.get(streamId)?.length ?? 0;
  }

  append(request: AppendRequest): AppendVerdict {
    return this.repetitionIn(request) ?? this.refusalOf(request) ?? this.write(request.events);
  }

  /** Takes back the newest events; `events` are the last ones written. */
  undo(events: readonly Appended[]): void {
    for (const { eventId, logPartition } of events.toReversed()) {
      const event = this.byId.get(eventId);
      assert(event && this.logOf(logPartition).at(-1) === event, 'only the newest events to be taken back');
      this.logOf(logPartition).pop();
      this.byId.delete(eventId);
      const stream = this.streams.get(event.streamId);
      stream?.pop();
      if (stream?.length === 0) this.streams.delete(event.streamId);
    }
  }

  private repetitionIn({ events }: AppendRequest): AppendVerdict | undefined {
    const ids = new Set<string>();
    for (const { eventId } of events) {
      if (ids.has(eventId)) return { outcome: 'id-taken', eventId };
      ids.add(eventId);
    }
    const found = events.filter(({ eventId }) => this.byId.has(eventId));
    if (found.length === 0) return undefined;
    if (found.length < events.length) return { outcome: 'id-taken', eventId: found[0]!.eventId };
    const other = events.find((event) => !sameContent(this.byId.get(event.eventId)!, event));
    if (other) return { outcome: 'id-taken', eventId: other.eventId };
    return {
      outcome: 'appended',
      repeated: true,
      events: events.map(({ eventId }) => placeOf(this.byId.get(eventId)!)),
    };
  }

  private refusalOf({ checks, events }: AppendRequest): AppendVerdict | undefined {
    const closed = events.find(({ streamId }) => this.archived.has(streamId));
    if (closed) return { outcome: 'archived', streamId: closed.streamId };
    for (const { streamId, expected } of checks) {
      const actual = this.versionOf(streamId);
      if (!satisfies(expected, actual)) return { outcome: 'conflict', streamId, expected, actual };
    }
    return undefined;
  }

  private write(events: readonly NewEvent[]): AppendedVerdict {
    const recordedAt = this.now();
    return {
      outcome: 'appended',
      repeated: false,
      events: events.map((event) => placeOf(this.store(event, recordedAt))),
    };
  }

  private store(event: NewEvent, recordedAt: Instant): StoredEvent {
    const logPartition = partitionOf(event.streamId, this.logPartitions);
    const log = this.logOf(logPartition);
    const stream = this.streams.get(event.streamId) ?? [];
    const { streamId, eventId, type, schemaVersion, data, metadata } = event;
    const stored: StoredEvent = {
      ...{ streamId, eventId, type, schemaVersion, data, metadata: { ...metadata } },
      ...{ version: stream.length + 1, logPartition, position: log.length + 1, recordedAt },
    };
    stream.push(stored);
    log.push(stored);
    this.streams.set(streamId, stream);
    this.byId.set(eventId, stored);
    return stored;
  }
}

const isFailure = (verdict: AppendVerdict): verdict is Exclude<AppendVerdict, { outcome: 'appended' }> =>
  verdict.outcome !== 'appended';

/** Answers by a promise, but does its work before returning it. */
const settled = <Result>(work: () => Result): Promise<Result> => {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
};

/** Keeps everything in this process. Appends take effect, and bells ring, before the call returns. */
export const memoryEventStore = ({ logPartitions = 1, now }: MemoryEventStoreOptions): EventStore => {
  const memory = new MemoryLog(logPartitions, now);
  const listeners = new Set<(logPartition: number) => void>();
  let closed = false;

  const open = <Result>(work: () => Result): Promise<Result> =>
    settled(() => {
      if (closed) throw new EventStoreError('closed', 'no call is answered any more');
      return work();
    });
  const ring = (verdicts: readonly AppendVerdict[]): void => {
    const rung = new Set<number>();
    for (const verdict of verdicts) {
      if (verdict.outcome === 'appended' && !verdict.repeated)
        for (const { logPartition } of verdict.events) rung.add(logPartition);
    }
    for (const logPartition of rung) for (const listener of [...listeners]) listener(logPartition);
  };
  const check = (request: AppendRequest): void => {
    checkStorable(request);
    request.events.forEach(checkJson);
  };
  const appendAll = (requests: readonly AppendRequest[]): AppendAllVerdict => {
    const verdicts: AppendedVerdict[] = [];
    for (const [failedAt, request] of requests.entries()) {
      const verdict = memory.append(request);
      if (isFailure(verdict)) {
        memory.undo(verdicts.filter(({ repeated }) => !repeated).flatMap(({ events }) => events));
        return { outcome: 'failed', failedAt, verdict };
      }
      verdicts.push(verdict);
    }
    return { outcome: 'appended', verdicts };
  };
  const slice = ({ streamId, fromVersion = 1, toVersion }: ReadStream): readonly StoredEvent[] =>
    (memory.streams.get(streamId) ?? []).slice(
      Math.max(fromVersion, 1) - 1,
      toVersion === undefined ? undefined : Math.max(toVersion, 0),
    );

  return {
    logPartitions,
    append: (request) =>
      open(() => {
        check(request);
        const verdict = memory.append(request);
        ring([verdict]);
        return verdict;
      }),
    appendAll: (requests) =>
      open(() => {
        requests.forEach(check);
        const verdict = appendAll(requests);
        if (verdict.outcome === 'appended') ring(verdict.verdicts);
        return verdict;
      }),
    readStreams: (streams) =>
      open(() => {
        checkReadable(streams);
        return new Map(streams.map((wanted) => [wanted.streamId, slice(wanted)]));
      }),
    readStreamBackwards: (streamId, limit) => open(() => slice({ streamId }).toReversed().slice(0, limit)),
    findEvents: (eventIds) =>
      open(
        () =>
          new Map(
            eventIds.flatMap((eventId) =>
              memory.byId.has(eventId) ? [[eventId, memory.byId.get(eventId)!] as const] : [],
            ),
          ),
      ),
    readLog: (logPartition, afterPosition, limit) =>
      open(() => memory.logOf(logPartition).slice(afterPosition, afterPosition + limit)),
    lastPosition: (logPartition) => open(() => memory.logOf(logPartition).length),
    archive: (streamId) => open(() => void memory.archived.add(streamId)),
    onAppended: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closed = true;
      listeners.clear();
      return Promise.resolve();
    },
  };
};
