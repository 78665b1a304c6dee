import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestPostgres, postgresForTests, startPostgres } from '@murmuration/embedded-postgres';
import {
  event,
  freshStream,
  mustAppend,
  mustBeWritten,
  read,
  readWholeLog,
  to,
  upTo,
  versionsOf,
} from '../contract/event-store.fixture';
import { EventStoreError } from '../event-store-error';
import { migrate, postgresDataSource } from './data-source';
import { postgresCoordination } from './postgres-coordination';
import { postgresEventStore } from './postgres-event-store';
import { Databases, LossyProxy, rowsOf, until } from './postgres.fixture';

const KILL_BACKENDS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

describe('PostgreSQL event store under faults', () => {
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

  it('keeps exactly one copy when the connection is cut after the commit, and answers with its places', async () => {
    const { url } = await databases.create();
    const direct = await databases.migrated(url);
    const watching = await databases.store({ dataSource: direct });
    const { hostname, port } = new URL(url);
    const proxy = await LossyProxy.to(hostname, Number(port));
    const lossyUrl = new URL(url);
    lossyUrl.host = `127.0.0.1:${proxy.port}`;
    const store = await databases.store({ dataSource: await databases.dataSource(lossyUrl.toString()) });
    const stream = freshStream();
    await mustBeWritten(store, to(stream, 'none', event(stream)));

    proxy.swallow();
    const answers = upTo(5).map((version) => store.append(to(stream, version, event(stream))));
    await until('all of them are committed', async () => (await watching.lastPosition(0)) === 6);
    await until('the answer was lost', () => proxy.swallowed > 0);
    proxy.cut();

    expect(
      (await Promise.all(answers)).map(
        (verdict) => verdict.outcome === 'appended' && verdict.events.map(({ version }) => version),
      ),
    ).toEqual([2, 3, 4, 5, 6].map((version) => [version]));
    expect(versionsOf(await read(watching, stream))).toEqual(upTo(6));
    expect(await watching.lastPosition(0)).toBe(6);
    await store.close();
    await proxy.close();
  });

  it('loses and doubles nothing when all connections are killed again and again under load', async () => {
    const { url } = await databases.create();
    const dataSource = await databases.migrated(url);
    const store = await databases.store({ dataSource });
    const coordination = postgresCoordination({ dataSource });
    const killer = await databases.dataSource(url);
    const streams = upTo(8).map(() => freshStream());
    let isWriting = true;
    const killing = (async () => {
      while (isWriting) {
        await rowsOf(killer, KILL_BACKENDS);
        const killedAt = await rowsOf(killer, 'SELECT coalesce(max(position), 0) AS last FROM event_store.events');
        await until('something was written since', async () => {
          const [now] = await rowsOf(killer, 'SELECT coalesce(max(position), 0) AS last FROM event_store.events');
          return !isWriting || now?.['last'] !== killedAt[0]?.['last'];
        });
      }
    })();
    await Promise.all(
      streams.map(async (stream) => {
        for (let version = 0; version < 30; version++) {
          await mustAppend(store, to(stream, version, event(stream)));
          await coordination.moveCheckpoint({ reader: stream, logPartition: 0, position: version + 1, epoch: 1 });
          expect(await store.appendAll([to(stream, version + 1)])).toMatchObject({ outcome: 'appended' });
        }
      }),
    );
    isWriting = false;
    await killing;
    for (const stream of streams) {
      expect(versionsOf(await read(store, stream))).toEqual(upTo(30));
      expect(await coordination.readCheckpoint(stream, 0)).toBe(30);
    }
    expect((await readWholeLog(store, 0)).map(({ position }) => position)).toEqual(upTo(240));
  });

  it('goes on when the database is restarted without warning under load', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'murmuration-restart-'));
    chmodSync(dataDir, 0o755);
    let postgres = await startPostgres({ dataDir, port: 0 });
    const { port } = postgres;
    const url = await postgres.createDatabase({ name: 'orders', role: 'orders', password: 'orders' });
    const dataSource = await postgresDataSource({ url }).initialize();
    await migrate(dataSource);
    const store = await postgresEventStore({ dataSource });
    const streams = upTo(4).map(() => freshStream());
    const written = Promise.all(
      streams.map(async (stream) => {
        for (let version = 0; version < 40; version++) await mustAppend(store, to(stream, version, event(stream)));
      }),
    );
    await until('some were written', async () => (await store.lastPosition(0)) > 10);
    await postgres.stop('immediate');
    postgres = await startPostgres({ dataDir, port });
    await written;
    for (const stream of streams) expect(versionsOf(await read(store, stream))).toEqual(upTo(40));
    await store.close();
    await dataSource.destroy();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says that the outcome is unknown when the database stays away', async () => {
    const { url } = await databases.create();
    const dataSource = await databases.migrated(url);
    const proxy = await LossyProxy.to(new URL(url).hostname, Number(new URL(url).port));
    const lossyUrl = new URL(url);
    lossyUrl.host = `127.0.0.1:${proxy.port}`;
    const store = await databases.store({ dataSource: await databases.dataSource(lossyUrl.toString()) });
    const stream = freshStream();
    await mustBeWritten(store, to(stream, 'none', event(stream)));
    await proxy.close();
    const error: unknown = await store.append(to(stream, 1, event(stream))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EventStoreError);
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    await store.close();
    await dataSource.query('SELECT 1');
  });

  it('40: says at once that it could not write while the disk is full, and writes the very same afterwards', async () => {
    const dataSource = await databases.migrated();
    const store = await databases.store({ dataSource });
    // As the server does when a file cannot grow.
    await dataSource.query(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE disk_full USING MESSAGE = 'could not extend file: No space left on device'; END $$`);
    await dataSource.query(
      'CREATE TRIGGER no_room BEFORE INSERT ON event_store.events FOR EACH STATEMENT EXECUTE FUNCTION no_room()',
    );
    const stream = freshStream();
    const request = to(stream, 'none', event(stream));
    const askedAtMs = performance.now();
    await expect(store.append(request)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(store.appendAll([request])).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(performance.now() - askedAtMs).toBeLessThan(2_000);
    expect(await store.lastPosition(0)).toBe(0);
    await dataSource.query('DROP TRIGGER no_room ON event_store.events');
    await mustBeWritten(store, request);
    expect(versionsOf(await read(store, stream))).toEqual([1]);
  });

  it('refuses commands beyond its bound at once and carries out the ones that it took', async () => {
    const dataSource = await databases.migrated();
    const store = await databases.store({ dataSource, bounds: { commandsWaitingMax: 10, commandsPerFlushMax: 3 } });
    const results = await Promise.allSettled(
      upTo(15)
        .map(() => freshStream())
        .map((stream) => store.append(to(stream, 'none', event(stream)))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'overloaded', retryable: true });
    expect(await store.lastPosition(0)).toBe(10);
  });

  it('answers what it accepted before it closes', async () => {
    const dataSource = await databases.migrated();
    const store = await postgresEventStore({ dataSource, bounds: { commandsPerFlushMax: 2 } });
    const answers = upTo(9)
      .map(() => freshStream())
      .map((stream) => mustBeWritten(store, to(stream, 'none', event(stream))));
    await store.close();
    expect((await Promise.all(answers)).flat().map(({ position }) => position)).toEqual(upTo(9));
  });

  it('lets replicas migrate at once, and opens only with the number of log partitions it was created with', async () => {
    const { url } = await databases.create();
    const replicas = await Promise.all(upTo(4).map(() => databases.dataSource(url)));
    await expect(postgresEventStore({ dataSource: replicas[0]! })).rejects.toMatchObject({ code: 'not-migrated' });
    await Promise.all(replicas.map((replica) => migrate(replica)));
    await Promise.all(replicas.map((dataSource) => databases.store({ dataSource, logPartitions: 3 })));
    await expect(postgresEventStore({ dataSource: replicas[0]!, logPartitions: 4 })).rejects.toMatchObject({
      code: 'log-partitions-differ',
    });
  });

  it('hears the bells of other processes, also after its listening connection was killed', async () => {
    const { url } = await databases.create();
    const [listening, writing] = [await databases.migrated(url), await databases.dataSource(url)];
    const lost: unknown[] = [];
    const ears = await databases.store({ dataSource: listening, onBellLost: (error) => lost.push(error) });
    const store = await databases.store({ dataSource: writing });
    let rings = 0;
    ears.onAppended(() => rings++);
    await until('it listens', () => rings === 1);
    const appendAndHear = async (): Promise<void> => {
      const heard = rings;
      const stream = freshStream();
      await mustAppend(store, to(stream, 'none', event(stream)));
      await until('the bell rings', () => rings > heard);
    };
    await appendAndHear();
    const beforeKill = rings;
    await rowsOf(writing, `${KILL_BACKENDS} AND query LIKE 'LISTEN%'`);
    await until('it listens again', () => rings > beforeKill);
    expect(lost).toHaveLength(1);
    await appendAndHear();
  });
});
