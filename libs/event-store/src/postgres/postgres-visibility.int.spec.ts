import { type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import {
  event,
  events,
  freshStream,
  mustAppend,
  mustBeWritten,
  read,
  to,
  versionsOf,
} from '../contract/event-store.fixture';
import type { EventStore } from '../port';
import { APPEND_PARAMETERS, FAILED_AT_INDEX } from './append-function.sql';
import { appendCall } from './append-call';
import { poolOf } from './data-source';
import { Databases, appendBy, rowsOf } from './postgres.fixture';
import { FIND_EVENTS, READ_LOG, READ_STREAMS } from './statements';

describe('PostgreSQL event store: what others see of a transaction', () => {
  let server: TestPostgres;
  let databases: Databases;
  let dataSource: DataSource;
  let store: EventStore;

  beforeAll(async () => {
    server = await postgresForTests();
    databases = new Databases(server);
    dataSource = await databases.migrated();
    store = await databases.store({ dataSource });
  });

  afterAll(async () => {
    await databases.end();
    await server.stop();
  });

  const inTransaction = async (work: (client: PoolClient) => Promise<void>, source = dataSource): Promise<void> => {
    const client = await poolOf(source).connect();
    try {
      await client.query('BEGIN');
      await work(client);
    } finally {
      client.release(true);
    }
  };

  it('never skips a slow writer that is held open: those after it wait, and readers see no gap', async () => {
    const [slow, fast] = [freshStream('slow'), freshStream('fast')];
    const before = await store.lastPosition(0);
    await inTransaction(async (client) => {
      await appendBy(client, [to(slow, 'none', event(slow))]);
      const waiting = mustBeWritten(store, to(fast, 'none', event(fast)));
      expect(await store.readLog(0, before, 10)).toEqual([]);
      await client.query('COMMIT');
      await waiting;
    });
    expect((await store.readLog(0, before, 10)).map(({ streamId }) => streamId)).toEqual([slow, fast]);
  });

  it('is stalled by no append that is rolled back, and reuses its position', async () => {
    const [gone, kept] = [freshStream(), freshStream()];
    const before = await store.lastPosition(0);
    await inTransaction(async (client) => {
      await appendBy(client, [to(gone, 'none', event(gone))]);
      await client.query('ROLLBACK');
    });
    expect(await mustBeWritten(store, to(kept, 'none', event(kept)))).toMatchObject([{ position: before + 1 }]);
    expect(await read(store, gone)).toEqual([]);
  });

  it('keeps the order of a stream for a transaction that wrote something before it appends', async () => {
    const stream = freshStream();
    await rowsOf(dataSource, 'CREATE TABLE notes (note text)');
    const before = await store.lastPosition(0);
    await inTransaction(async (client) => {
      await client.query("INSERT INTO notes VALUES ('first')");
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      await appendBy(client, [to(stream, 1, event(stream))]);
      await client.query('COMMIT');
    });
    expect((await store.readLog(0, before, 10)).map(({ version, position }) => [version, position])).toEqual([
      [1, before + 1],
      [2, before + 2],
    ]);
  });

  it('is stalled by no writer in another database', async () => {
    const elsewhere = await databases.migrated();
    const [there, here] = [freshStream(), freshStream()];
    await inTransaction(async (client) => {
      await appendBy(client, [to(there, 'none', event(there))]);
      await mustBeWritten(store, to(here, 'none', event(here)));
      await client.query('ROLLBACK');
    }, elsewhere);
  });

  it('refuses every isolation level but READ COMMITTED', async () => {
    const stream = freshStream();
    for (const level of ['REPEATABLE READ', 'SERIALIZABLE']) {
      await inTransaction(async (client) => {
        await client.query(`SET TRANSACTION ISOLATION LEVEL ${level}`);
        await expect(appendBy(client, [to(stream, 'any', event(stream))])).rejects.toThrow('needs READ COMMITTED');
      });
    }
    expect(await read(store, stream)).toEqual([]);
  });

  it('joins a function of its caller in one statement, which writes its own rows only after a success', async () => {
    const declared = APPEND_PARAMETERS.map(([name, type]) => `${name} ${type}`).join(', ');
    const passed = APPEND_PARAMETERS.map(([name]) => name).join(', ');
    await rowsOf(dataSource, 'CREATE TABLE progress (n int)');
    await rowsOf(
      dataSource,
      `CREATE FUNCTION advance(n int, ${declared}) RETURNS bigint[] LANGUAGE plpgsql AS $$
       DECLARE answer bigint[] := event_store.append(true, ${passed});
       BEGIN
         IF answer[${FAILED_AT_INDEX}] = 0 THEN INSERT INTO progress VALUES (n); END IF;
         RETURN answer;
       END $$`,
    );
    const stream = freshStream();
    const advance = async (n: number, expected: number) => {
      const { values, allVerdict } = appendCall([to(stream, expected, event(stream))], 1);
      const places = values.map((_, index) => `$${index + 2}`).join(', ');
      const [row] = await rowsOf(dataSource, `SELECT advance($1, ${places}) AS answer`, [n, ...values]);
      return allVerdict(row!['answer']!);
    };
    expect(await advance(1, 0)).toMatchObject({ outcome: 'appended', verdicts: [{ events: [{ version: 1 }] }] });
    expect(await advance(2, 0)).toMatchObject({
      outcome: 'failed',
      failedAt: 0,
      verdict: { outcome: 'conflict', actual: 1 },
    });
    expect(await rowsOf(dataSource, 'SELECT n FROM progress')).toEqual([{ n: 1 }]);
    expect(versionsOf(await read(store, stream))).toEqual([1]);
  });

  it('updates and deletes no row, and reads no table as a whole, when it appends', async () => {
    const source = await databases.migrated();
    const own = await databases.store({ dataSource: source });
    const stream = freshStream();
    for (let version = 0; version < 50; version++) await mustAppend(own, to(stream, version, event(stream)));
    await own.append(to(stream, 'none', event(stream)));
    await own.appendAll([to(stream, 50, ...events(stream, 5))]);
    await own.close();
    await source.destroy();
    const watching = await databases.dataSource(source.options.type === 'postgres' ? source.options.url! : '');
    const [stats] = await rowsOf(
      watching,
      "SELECT n_tup_ins, n_tup_upd, n_tup_del, seq_tup_read FROM pg_stat_user_tables WHERE relname = 'events' AND schemaname = 'event_store'",
    );
    expect(stats).toEqual({ n_tup_ins: '55', n_tup_upd: '0', n_tup_del: '0', seq_tup_read: '0' });
  });

  it('reads its feed, its streams and its ids by index, and sorts nothing', async () => {
    const stream = freshStream();
    await mustBeWritten(store, to(stream, 'none', ...events(stream, 2_000)));
    await rowsOf(dataSource, 'ANALYZE event_store.events');
    const plan = async (sql: string, ...values: readonly unknown[]): Promise<string> =>
      (await rowsOf(dataSource, `EXPLAIN ${sql}`, values)).map((row) => row['QUERY PLAN']).join('\n');
    const feed = await plan(READ_LOG.text, 0, 100, 50);
    const streams = await plan(READ_STREAMS.text, [stream, freshStream()], [1, 1], [9, 9]);
    const ids = await plan(FIND_EVENTS.text, [event(stream).eventId]);
    expect(feed).toContain('Index Scan using events_log');
    expect(streams).toContain('Index Scan using events_stream');
    expect(ids).toContain('events_id');
    for (const each of [feed, streams, ids]) {
      expect(each).not.toContain('Sort');
      expect(each).not.toContain('Seq Scan');
    }
  });
});
