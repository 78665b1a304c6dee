import { randomUUID } from 'node:crypto';
import {
  eventStoreMigrations,
  migrate,
  poolOf,
  postgresDataSource,
  postgresEventStore,
  type EventStore,
} from '@murmuration/event-store';
import { postgresForTests, type TestPostgres } from '@murmuration/embedded-postgres';
import { instant } from '@murmuration/kernel';
import type { DataSource } from 'typeorm';
import { inboxContract } from '../inbox.contract';
import type { ParkedRecord } from '../inbox.port';
import { outboxContract } from '../outbox.contract';
import { messagingMigrations } from './migrations';
import { postgresInbox, withInboxBell } from './postgres-inbox';
import { postgresOutbox } from './postgres-outbox';

let server: TestPostgres;
let dataSource: DataSource;
let store: EventStore;

beforeAll(async () => {
  server = await postgresForTests();
  const { url } = await server.newDatabase();
  dataSource = await postgresDataSource({ url, migrations: messagingMigrations }).initialize();
  await migrate(dataSource);
  store = await postgresEventStore({ dataSource, logPartitions: 2 });
}, 60_000);

afterAll(async () => {
  await store.close();
  await dataSource.destroy();
  await server.stop();
});

describe('the inbox in PostgreSQL', () => {
  inboxContract(async () => ({
    inbox: postgresInbox({ dataSource, logPartitions: 2 }),
    other: postgresInbox({ dataSource, logPartitions: 2 }),
    store,
  }));

  it('rings for the events that it stores', async () => {
    const inbox = postgresInbox({ dataSource, logPartitions: 2 });
    const rung: number[] = [];
    const unsubscribe = withInboxBell(store, inbox).onAppended((logPartition) => rung.push(logPartition));
    const claim = await inbox.claim(`group-${randomUUID()}`, 'topic', 0, 'one');
    const streamId = `stock-${randomUUID()}`;
    const metadata = { correlationId: '', causationId: '', actor: 'test', hop: 0 };
    const event = { streamId, eventId: randomUUID(), type: 'Happened', schemaVersion: 1, data: '{}', metadata };
    const empty = { watermarks: new Map(), parked: [], settled: [] };
    await inbox.commit({ claim, sequence: 1, nextOffset: '1', ...empty, append: { checks: [], events: [event] } });
    const [stored] = (await store.readStreams([{ streamId }])).get(streamId) ?? [];
    expect(rung).toContain(stored?.logPartition);
    unsubscribe();
  });

  it('says that a connection which was cut leaves the outcome unknown, and works on a new one', async () => {
    const inbox = postgresInbox({ dataSource, logPartitions: 2 });
    const holding = await poolOf(dataSource).connect();
    const group = `group-${randomUUID()}`;
    const claim = await inbox.claim(group, 'topic', 0, 'one');
    await holding.query('BEGIN');
    await holding.query('SELECT 1 FROM messaging.consumer_claims WHERE consumer_group = $1 FOR UPDATE', [group]);
    const content = { watermarks: new Map(), parked: [], settled: [], append: { checks: [], events: [] } };
    const batch = { claim, sequence: 1, nextOffset: '7', ...content };
    const committing = expect(inbox.commit(batch)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    const waiting = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    const admin = await poolOf(dataSource).connect();
    let pids: { pid: number }[] = [];
    while (pids.length === 0) pids = (await admin.query<{ pid: number }>(waiting)).rows;
    for (const { pid } of pids) await admin.query('SELECT pg_terminate_backend($1)', [pid]);
    await committing;
    await holding.query('ROLLBACK');
    holding.release();
    admin.release();
    await expect(inbox.commit(batch)).resolves.toEqual({ outcome: 'committed' });
  });
});

describe('the outbox in PostgreSQL', () => {
  outboxContract(async () => postgresOutbox({ dataSource }));
});

it('stores what was heard at every step of its migrations, forwards, backwards and forwards again', async () => {
  const { url } = await server.newDatabase();
  const passing = await postgresDataSource({ url, migrations: messagingMigrations }).initialize();
  const inbox = postgresInbox({ dataSource: passing });
  const group = `group-${randomUUID()}`;
  const storing = async (): Promise<void> => {
    const claim = await inbox.claim(group, 'topic', 0, 'one');
    const id = `${group}:topic:0:${claim.epoch}`;
    const content = { claim, watermarks: new Map(), append: { checks: [], events: [] }, parked: [], settled: [] };
    const parked: ParkedRecord = {
      ...{ id, topic: 'topic', partition: 0, offset: String(claim.epoch), key: 'k', value: null, headers: {} },
      ...{ reason: 'r', kind: 'failed', holdsKey: true, parkedAt: instant('2026-03-01T09:30:00.123Z') },
    };
    const stored = { outcome: 'committed' };
    const park = { ...content, sequence: 1, nextOffset: '1', parked: [parked] };
    const settle = { ...content, sequence: 2, nextOffset: '2', settled: [{ id, outcome: 'discarded' as const }] };
    await expect(inbox.commit(park)).resolves.toEqual(stored);
    await expect(inbox.findParked(id)).resolves.toMatchObject({ key: 'k' });
    await expect(inbox.commit(settle)).resolves.toEqual(stored);
    await expect(inbox.findParked(id)).resolves.toBeUndefined();
  };
  await migrate(passing);
  for (const _ of messagingMigrations.slice(1)) {
    await storing();
    await passing.undoLastMigration();
  }
  await storing();
  await migrate(passing);
  await storing();
  const entries = await poolOf(passing).query('SELECT action FROM messaging.parked_trail');
  expect(entries.rows).toEqual([{ action: 'discarded' }]);
  await passing.destroy();
});

it('migrates away without a trace', async () => {
  const { url } = await server.newDatabase();
  const passing = await postgresDataSource({ url, migrations: messagingMigrations }).initialize();
  await migrate(passing);
  for (const _ of [...eventStoreMigrations, ...messagingMigrations]) await passing.undoLastMigration();
  const { rows } = await poolOf(passing).query(
    "SELECT 1 FROM pg_namespace WHERE nspname IN ('messaging', 'event_store')",
  );
  expect(rows).toEqual([]);
  await passing.destroy();
});
