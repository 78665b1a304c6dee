import { migrate, postgresDataSource, postgresEventStore, type EventStore } from '@murmuration/event-store';
import { postgresForTests, type TestPostgres } from '@murmuration/embedded-postgres';
import { eventually } from '@murmuration/testing';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { countBacklog } from '../core/backlog';
import { systemClock } from '../system-clock';
import { messagingMigrations } from './migrations';
import { postgresOutbox } from './postgres-outbox';

const EVENTS = 20_000;
const LOG_PARTITIONS = 2;

let server: TestPostgres;
let dataSource: DataSource;
let store: EventStore;

beforeAll(async () => {
  server = await postgresForTests();
  const { url } = await server.newDatabase();
  dataSource = await postgresDataSource({ url, migrations: messagingMigrations }).initialize();
  await migrate(dataSource);
  store = await postgresEventStore({ dataSource, logPartitions: LOG_PARTITIONS });
}, 60_000);

afterAll(async () => {
  await store.close();
  await dataSource.destroy();
  await server.stop();
});

/** As other processes store them, without this one's knowledge. */
const storeMany = (logPartition: number, events: number): Promise<unknown> =>
  dataSource.query(
    `INSERT INTO event_store.events
       (position, version, recorded_at, log_partition, schema_version, event_id, stream_id, type, data, metadata)
     SELECT n, n, clock_timestamp(), $1::int, 1, gen_random_uuid(), 'stream-' || $1::int, 'Seen', '{}', '{}'
     FROM generate_series(1, $2::bigint) n`,
    [logPartition, events],
  );

describe('40: a backlog in PostgreSQL', () => {
  it('is counted over all log partitions, and is open again once the relays have noted that they sent it', async () => {
    await storeMany(0, EVENTS);
    await storeMany(1, EVENTS);
    const outbox = postgresOutbox({ dataSource });
    const max = LOG_PARTITIONS * EVENTS;
    const backlog = countBacklog({ store, outbox, max, clock: systemClock, everyMs: 20 });
    await backlog.counted;
    expect(backlog.size()).toEqual({ unsent: max, max, isFull: true });
    await expect(backlog.admit(randomUUID())).rejects.toMatchObject({ code: 'backlog-full' });
    const lease = { name: 'relay-0', holder: 'one', epoch: 1 };
    await outbox.write(0, lease, { position: EVENTS, lastSent: new Map() });
    await eventually(() => !backlog.size().isFull);
    backlog.stop();
    expect(backlog.size().unsent).toBe(EVENTS);
    await expect(backlog.admit(randomUUID())).resolves.toBeUndefined();
  });
});
