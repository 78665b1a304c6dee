import { type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import { instantOfEpochMs } from '@murmuration/kernel';
import fc from 'fast-check';
import { freshStream, metadata } from '../contract/event-store.fixture';
import { uuidV5 } from '../event-id';
import { memoryEventStore } from '../memory/memory-event-store';
import type { AppendAllVerdict, AppendRequest, AppendVerdict, Appended, EventStore } from '../port';
import { Databases } from './postgres.fixture';

const RUNS = 150;
const SEED = 20_260_301;
const NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

const streamName = fc.constantFrom('a', 'b', 'c');
const expected = fc.oneof(fc.constantFrom('any' as const, 'none' as const, 'exists' as const), fc.nat(4));
const newEvent = fc.record({
  streamId: streamName,
  eventId: fc.nat(11).map(String),
  data: fc.constantFrom('1', '1', '1', '2'),
});
const request = fc.record({
  checks: fc.array(fc.record({ streamId: streamName, expected }), { maxLength: 2 }),
  events: fc.array(newEvent, { maxLength: 3 }),
});
type Step =
  | { readonly kind: 'each'; readonly requests: readonly AppendRequest[] }
  | { readonly kind: 'all'; readonly requests: readonly AppendRequest[] }
  | { readonly kind: 'archive'; readonly streamId: string };

const steps = (run: string): fc.Arbitrary<readonly Step[]> => {
  const own = request.map(({ checks, events }): AppendRequest => ({
    checks: checks.map((check) => ({ ...check, streamId: run + check.streamId })),
    events: events.map(({ streamId, eventId, data }) => ({
      ...{
        streamId: run + streamId,
        eventId: uuidV5(NAMESPACE, run + eventId),
        data,
        type: 'T',
        schemaVersion: 1,
        metadata,
      },
    })),
  }));
  const requests = fc.array(own, { minLength: 1, maxLength: 6 });
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: requests.map((made): Step => ({ kind: 'each', requests: made })) },
      { weight: 3, arbitrary: requests.map((made): Step => ({ kind: 'all', requests: made })) },
      { weight: 1, arbitrary: streamName.map((streamId): Step => ({ kind: 'archive', streamId: run + streamId })) },
    ),
    { minLength: 1, maxLength: 6 },
  );
};

type Answer = readonly AppendVerdict[] | AppendAllVerdict | undefined;

const take = async (store: EventStore, step: Step): Promise<Answer> => {
  if (step.kind === 'archive') {
    await store.archive(step.streamId);
    return undefined;
  }
  return step.kind === 'all'
    ? store.appendAll(step.requests)
    : Promise.all(step.requests.map((each) => store.append(each)));
};

/** Positions count from where the log stood, since the server's log holds earlier runs too. */
const since = (bases: readonly number[], answer: Answer): unknown =>
  JSON.parse(JSON.stringify(answer ?? null), (_, value: unknown) => {
    const place = value as Partial<Appended> | null;
    if (typeof place !== 'object' || place?.position === undefined) return value;
    return { ...place, position: place.position - (bases[place.logPartition ?? 0] ?? 0) };
  });

describe('PostgreSQL event store', () => {
  let server: TestPostgres;
  let databases: Databases;

  beforeAll(async () => {
    server = await postgresForTests();
    databases = new Databases(server);
  });

  afterAll(async () => {
    await databases.end();
    await server.stop();
  });

  it.each([1, 3])(
    'answers whatever it is asked as the memory store does, with %i log partitions',
    async (logPartitions) => {
      const store = await databases.store({ dataSource: await databases.migrated(), logPartitions });
      const property = fc.asyncProperty(fc.nat(), fc.gen(), async (_, generate) => {
        const run = freshStream('run');
        const memory = memoryEventStore({ logPartitions, now: () => instantOfEpochMs(0) });
        const bases = await Promise.all(
          Array.from({ length: logPartitions }, (__, partition) => store.lastPosition(partition)),
        );
        for (const step of generate(steps, run)) {
          const wanted = since([], await take(memory, step));
          expect({ step, answer: since(bases, await take(store, step)) }).toEqual({ step, answer: wanted });
        }
        const read = async (from: EventStore) =>
          [...(await from.readStreams(['a', 'b', 'c'].map((name) => ({ streamId: run + name }))))].map(([, events]) =>
            events.map(({ eventId, version, data }) => [eventId, version, data]),
          );
        expect(await read(store)).toEqual(await read(memory));
      });
      await fc.assert(property, { numRuns: RUNS, seed: SEED });
    },
  );
});
