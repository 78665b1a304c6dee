import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Postgres, type StartOptions, startPostgres } from './postgres';
import { clusterPid, hasEnded, killed, parentOf, query, temporaryFolder, until, watchersOf } from './postgres.fixture';

const ONE = { name: 'one', role: 'one', password: "it's one" };
const TWO = { name: 'two', role: 'two', password: 'two' };

describe('embedded PostgreSQL', () => {
  const folders: string[] = [];
  const running = new Set<Postgres>();

  const folder = (): string => {
    const made = temporaryFolder();
    chmodSync(made, 0o755);
    folders.push(made);
    return made;
  };
  const start = async (options: Partial<StartOptions> & { readonly dataDir: string }): Promise<Postgres> => {
    const server = await startPostgres({ port: 0, ...options });
    running.add(server);
    return server;
  };
  const stop = async (server: Postgres, mode?: 'fast' | 'immediate'): Promise<void> => {
    running.delete(server);
    await server.stop(mode);
  };

  afterEach(async () => {
    for (const server of running) await stop(server, 'immediate');
  });
  afterAll(() => {
    for (const made of folders) rmSync(made, { recursive: true, force: true });
  });

  it('runs PostgreSQL 18 with durable commits, logical decoding and on the loopback interface alone', async () => {
    const server = await start({ dataDir: folder() });
    const settings = await query(
      server.superuserUrl(),
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('fsync', 'synchronous_commit', 'wal_level', 'listen_addresses', 'jit', 'max_connections', 'server_version') ORDER BY name`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      ...{ fsync: 'on', synchronous_commit: 'on', wal_level: 'logical', listen_addresses: '127.0.0.1', jit: 'off' },
      ...{ max_connections: '200', server_version: expect.stringMatching(/^18\./) },
    });
  });

  it('keeps its data over a fast stop, an immediate stop and a kill, and leaves no process', async () => {
    const dataDir = folder();
    let server = await start({ dataDir });
    const url = await server.createDatabase(ONE);
    await query(url, 'CREATE TABLE kept (n int)');
    for (const [round, end] of (['fast', 'immediate', 'kill'] as const).entries()) {
      await query(server.superuserUrl('one'), `INSERT INTO kept VALUES (${round})`);
      if (end === 'kill') process.kill(server.pid, 'SIGKILL');
      else await stop(server, end);
      await server.exited;
      await until('the watcher has ended', () => watchersOf(dataDir).length === 0);
      running.delete(server);
      server = await start({ dataDir });
      expect(await query(server.superuserUrl('one'), 'SELECT n FROM kept')).toHaveLength(round + 1);
    }
    await stop(server);
    expect(hasEnded(server.pid)).toBe(true);
  });

  it('begins anew when asked for a fresh folder', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    await first.createDatabase(ONE);
    await stop(first);
    const second = await start({ dataDir, fresh: true });
    expect(await query(second.superuserUrl(), "SELECT FROM pg_database WHERE datname = 'one'")).toHaveLength(0);
  });

  it('lets a role connect to its own database only, by its password only', async () => {
    const server = await start({ dataDir: folder() });
    const urlOfOne = await server.createDatabase(ONE);
    const urlOfTwo = await server.createDatabase(TWO);
    expect(await query(urlOfOne, 'SELECT current_user AS who, current_database() AS place')).toEqual([
      { who: 'one', place: 'one' },
    ]);
    for (const other of ['two', 'postgres', 'template1']) {
      await expect(query(urlOfOne.replace(/\/one$/, `/${other}`), 'SELECT 1')).rejects.toThrow(
        'permission denied for database',
      );
    }
    await expect(query(urlOfTwo.replace('two:two@', 'two:wrong@'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('may make sure of a database twice and takes the last password', async () => {
    const server = await start({ dataDir: folder() });
    const url = await server.createDatabase(ONE);
    await query(url, 'CREATE TABLE kept (n int)');
    const again = await server.createDatabase({ ...ONE, password: 'new' });
    expect(await query(again, 'SELECT * FROM kept')).toEqual([]);
    await expect(query(url, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('says in one line that the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(startPostgres({ dataDir: folder(), port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: `another process listens on the port: 127.0.0.1:${port}`,
    });
    taken.close();
  });

  it('says so when the folder cannot be written', async () => {
    await expect(startPostgres({ dataDir: '/proc/nowhere', port: 0 })).rejects.toMatchObject({
      code: 'data-folder-unusable',
    });
  });

  it('ends when the process that started it is killed', async () => {
    const dataDir = folder();
    const parent = await parentOf(dataDir);
    expect(hasEnded(parent.serverPid)).toBe(false);
    await killed(parent);
    await until('the server has ended', () => hasEnded(parent.serverPid));
    await until('its watcher has ended', () => watchersOf(dataDir).length === 0);
    expect(existsSync(join(dataDir, 'cluster', 'postmaster.pid'))).toBe(false);
  });

  it('takes over a folder at once after the process that served it was killed', async () => {
    const dataDir = folder();
    const parent = await parentOf(dataDir);
    await killed(parent);
    const server = await start({ dataDir });
    expect(server.pid).not.toBe(parent.serverPid);
    expect(await query(server.superuserUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('stops a server that was left running on the folder before it starts its own', async () => {
    const dataDir = folder();
    const parent = await parentOf(dataDir);
    for (const watcher of watchersOf(dataDir)) process.kill(watcher, 'SIGKILL');
    await killed(parent);
    expect(clusterPid(dataDir)).toBe(parent.serverPid);
    const server = await start({ dataDir });
    expect(hasEnded(parent.serverPid)).toBe(true);
    expect(await query(server.superuserUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves a server alone whose starter lives', async () => {
    const dataDir = folder();
    const parent = await parentOf(dataDir);
    await expect(startPostgres({ dataDir, port: 0, fresh: true })).rejects.toMatchObject({
      code: 'data-folder-in-use',
    });
    expect(hasEnded(parent.serverPid)).toBe(false);
    await killed(parent);
    await until('the server has ended', () => hasEnded(parent.serverPid));
  });

  it('finds another place for its data when the account it runs as cannot enter the folder', async () => {
    const closed = folder();
    chmodSync(closed, 0o700);
    const dataDir = join(closed, 'data');
    mkdirSync(dataDir);
    const server = await start({ dataDir });
    expect(await query(server.superuserUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const isRoot = process.getuid?.() === 0;
    expect(existsSync(join(dataDir, 'location'))).toBe(isRoot);
    if (isRoot) folders.push(readFileSync(join(dataDir, 'location'), 'utf8').trim());
  });
});
