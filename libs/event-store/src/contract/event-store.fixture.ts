import { randomUUID } from 'node:crypto';
import type {
  AppendRequest,
  AppendVerdict,
  Appended,
  EventMetadata,
  EventStore,
  ExpectedVersion,
  NewEvent,
  StoredEvent,
} from '../port';

/**
 * A store under test and a second handle on the same events, as another process would have it (the same object where an
 * implementation lives in one process only).
 */
export type StoreUnderTest = { readonly store: EventStore; readonly other: EventStore };

/** Makes a new, empty store; the suite closes its handles. */
export type MakeStore = (logPartitions: number) => Promise<StoreUnderTest>;

/** The stores of the suite that runs now; valid inside of tests only. */
export type Subject = () => StoreUnderTest;

export const metadata: EventMetadata = { correlationId: 'saga-1', causationId: 'cause-1', actor: 'tester', hop: 1 };

let streams = 0;
/** A stream that no other test touches. */
export const freshStream = (kind = 'thing'): string => `${kind}-${++streams}-${randomUUID()}`;

export const event = (streamId: string, overrides: Partial<NewEvent> = {}): NewEvent => ({
  ...{ streamId, eventId: randomUUID(), type: 'ThingHappened', schemaVersion: 1, data: '{"n":1}', metadata },
  ...overrides,
});

export const events = (streamId: string, count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => event(streamId, { data: JSON.stringify({ n: index + 1 }) }));

/** Appends to one stream at an expected version. */
export const to = (streamId: string, expected: ExpectedVersion, ...newEvents: readonly NewEvent[]): AppendRequest => ({
  checks: [{ streamId, expected }],
  events: newEvents,
});

export type AppendedVerdict = Extract<AppendVerdict, { outcome: 'appended' }>;

export const mustAppend = async (store: EventStore, request: AppendRequest): Promise<readonly Appended[]> => {
  const verdict = await store.append(request);
  if (verdict.outcome !== 'appended') throw new Error(`expected an append, got ${JSON.stringify(verdict)}`);
  return verdict.events;
};

export const mustBeWritten = async (store: EventStore, request: AppendRequest): Promise<readonly Appended[]> => {
  const verdict = await store.append(request);
  expect(verdict).toMatchObject({ outcome: 'appended', repeated: false });
  return (verdict as AppendedVerdict).events;
};

export const read = async (store: EventStore, streamId: string): Promise<readonly StoredEvent[]> => {
  const found = (await store.readStreams([{ streamId }])).get(streamId);
  if (!found) throw new Error(`expected an entry for ${streamId}`);
  return found;
};

export const versionsOf = (stored: readonly { readonly version: number }[]): number[] =>
  stored.map(({ version }) => version);

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const READ_LIMIT = 1000;

/** A whole log partition, page by page. */
export const readWholeLog = async (store: EventStore, logPartition: number): Promise<StoredEvent[]> => {
  const all: StoredEvent[] = [];
  for (;;) {
    const page = await store.readLog(logPartition, all.at(-1)?.position ?? 0, READ_LIMIT);
    all.push(...page);
    if (page.length < READ_LIMIT) return all;
  }
};

export const lastPositions = (store: EventStore): Promise<number[]> =>
  Promise.all(Array.from({ length: store.logPartitions }, (_, logPartition) => store.lastPosition(logPartition)));
