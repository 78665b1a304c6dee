import { assert } from '@murmuration/kernel';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import type { Pool } from 'pg';
import { eventStoreMigrations } from './migrations';

export type PostgresDataSourceOptions = {
  readonly url: string;
  /** Connections at most; the event store holds up to five of them while it works. */
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** The service's own migrations, run after the event store's by their timestamps. */
  readonly migrations?: readonly (new () => MigrationInterface)[];
  readonly entities?: DataSourceOptions['entities'];
};

const POOL_SIZE = 10;
const CONNECT_MS = 5_000;
const MIGRATION_LOCK = 7_261_947_301_112;

/** A DataSource as the event store needs it; not yet initialised. */
export const postgresDataSource = ({
  url,
  poolSize = POOL_SIZE,
  applicationName,
  migrations = [],
  entities = [],
}: PostgresDataSourceOptions): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    poolSize,
    connectTimeoutMS: CONNECT_MS,
    migrations: [...eventStoreMigrations, ...migrations],
    migrationsTableName: 'migrations',
    entities,
    installExtensions: false,
    ...(applicationName === undefined ? {} : { applicationName }),
  });

const guarded = new WeakSet<Pool>();

/**
 * A connection that ends in the very moment in which it is handed out has no listener yet, and an error event without
 * one ends the process. The error itself also reaches the statement that is sent next.
 */
const guard = (pool: Pool): void => {
  if (guarded.has(pool)) return;
  guarded.add(pool);
  pool.on('connect', (client) => client.on('error', () => undefined));
};

/** The pool of raw connections below an initialised DataSource. */
export const poolOf = (dataSource: DataSource): Pool => {
  const { master } = dataSource.driver as unknown as { readonly master?: Pool };
  assert(dataSource.isInitialized && master, 'an initialised DataSource of PostgreSQL');
  guard(master);
  return master;
};

/** Runs pending migrations while holding a lock, so that replicas may start at once; the late ones find nothing to do. */
export const migrate = async (dataSource: DataSource): Promise<void> => {
  const lock = await poolOf(dataSource).connect();
  let lost: Error | undefined;
  lock.on('error', (error) => (lost = error));
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
    if (lost) throw lost;
  } finally {
    // Ends the session, and with it the lock, whatever happened.
    lock.release(true);
  }
};
