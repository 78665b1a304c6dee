import { type Server, type Socket, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestDatabase, type TestPostgres } from '@murmuration/embedded-postgres';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { AppendRequest, AppendVerdict, EventStore } from '../port';
import { appendCall } from './append-call';
import { appendAnswer } from './committer';
import { migrate, poolOf, postgresDataSource } from './data-source';
import { type PostgresEventStoreOptions, postgresEventStore } from './postgres-event-store';
import { APPEND_EACH } from './statements';

const PATIENCE_MS = 20_000;
const POLL_MS = 10;

export const until = async (what: string, condition: () => Promise<boolean> | boolean): Promise<void> => {
  const untilMs = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > untilMs) throw new Error(`waited in vain until ${what}`);
    await pause(POLL_MS);
  }
};

/** Databases and the handles on them, all ended by `end`. */
export class Databases {
  private readonly ends: (() => Promise<unknown>)[] = [];

  constructor(private readonly server: TestPostgres) {}

  async create(): Promise<TestDatabase> {
    return this.server.newDatabase();
  }

  async dataSource(url: string): Promise<DataSource> {
    const dataSource = await postgresDataSource({ url }).initialize();
    this.ends.unshift(async () => (dataSource.isInitialized ? dataSource.destroy() : undefined));
    return dataSource;
  }

  async migrated(url?: string): Promise<DataSource> {
    const dataSource = await this.dataSource(url ?? (await this.create()).url);
    await migrate(dataSource);
    return dataSource;
  }

  async store(options: PostgresEventStoreOptions): Promise<EventStore> {
    const store = await postgresEventStore(options);
    this.ends.unshift(() => store.close());
    return store;
  }

  async end(): Promise<void> {
    for (const end of this.ends) await end();
  }
}

export const rowsOf = async (
  dataSource: DataSource,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, string>[]> =>
  (await poolOf(dataSource).query<Record<string, string>>(sql, [...values])).rows;

/** Appends by a session of the test's own, for instance inside of a transaction that stays open. */
export const appendBy = async (
  client: PoolClient,
  requests: readonly AppendRequest[],
): Promise<readonly AppendVerdict[]> => {
  const { values, verdicts } = appendCall(requests, 1);
  const { rows } = await client.query({
    text: APPEND_EACH.text,
    values: [...values],
    rowMode: 'array',
    types: { getTypeParser: () => (raw: string) => raw },
  });
  return verdicts(appendAnswer(rows as (string | null)[][]));
};

/** Stands between a client and the server, and can lose what the server answers. */
export class LossyProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isSwallowing = false;
  swallowed = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(host: string, port: number): Promise<LossyProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const proxy = new LossyProxy(server, typeof address === 'object' && address ? address.port : 0);
    server.on('connection', (client) => proxy.join(client, connect(port, host)));
    return proxy;
  }

  /** From now on the server's answers are lost, while it hears everything. */
  swallow(): void {
    this.isSwallowing = true;
  }

  /** Cuts every connection; new ones work. */
  cut(): void {
    this.isSwallowing = false;
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => {
      if (this.isSwallowing) this.swallowed += bytes.length;
      else client.write(bytes);
    });
  }
}
