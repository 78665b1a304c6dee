import { setTimeout as pause } from 'node:timers/promises';
import { type TestDatabase, type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { agendaStoreContract } from '../agenda-store.contract';
import { effectsMigrations } from './migrations';
import { postgresAgendaStore } from './postgres-agenda-store';
import { DUE_DEADLINES } from './statements';

let server: TestPostgres;
let database: TestDatabase;
let dataSource: DataSource;
let pool: Pool;

beforeAll(async () => {
  server = await postgresForTests();
  database = await server.newDatabase();
  dataSource = new DataSource({
    ...{ type: 'postgres', url: database.url, migrations: effectsMigrations, installExtensions: false },
  });
  await dataSource.initialize();
  pool = (dataSource.driver as unknown as { readonly master: Pool }).master;
}, 60_000);
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
  await server.stop();
});

const emptyStore = async () => {
  await dataSource.runMigrations();
  await pool.query('TRUNCATE agenda.terms, agenda.open_effects, agenda.open_deadlines');
  return { store: postgresAgendaStore(pool), pass: (durationMs: number) => pause(durationMs) };
};

agendaStoreContract('postgres agenda store', emptyStore);

describe('postgres agenda store', () => {
  it('finds what is due by an index, among a hundred thousand deadlines that are not', async () => {
    await emptyStore();
    await pool.query(
      `INSERT INTO agenda.open_deadlines (key, log_partition, due_at, ripe_at, cause)
       SELECT 'hold:' || n, 0, now() + interval '1 hour', now() + interval '1 hour', '{}' FROM generate_series(1, 100000) AS n`,
    );
    await pool.query('ANALYZE agenda.open_deadlines');
    const text = `EXPLAIN ${DUE_DEADLINES.text.replace('$1', '0').replace('$2', '0').replace('$3', '100')}`;
    const { rows } = await pool.query<{ readonly 'QUERY PLAN': string }>(text);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('open_deadlines_by_ripeness');
    expect(plan).not.toContain('Seq Scan');
  });

  it('says that the migrations are missing, and what the server refuses', async () => {
    const { store } = await emptyStore();
    await expect(store.claim(2 ** 40, 1)).rejects.toMatchObject({ code: 'refused', retryable: false });
    await dataSource.undoLastMigration();
    await expect(store.claim(0, 1)).rejects.toMatchObject({ code: 'not-migrated', retryable: false });
  });

  it('says that a server out of reach may be asked again', async () => {
    const nowhere = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(postgresAgendaStore(nowhere).counts()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await nowhere.end();
  });
});
