import { effectsMigrations, postgresAgendaStore } from '@murmuration/effects';
import {
  migrate,
  poolOf,
  postgresCoordination,
  postgresDataSource,
  postgresEventStore,
} from '@murmuration/event-store';
import { messagingMigrations, postgresInbox, postgresOutbox, withInboxBell } from '@murmuration/messaging';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { CHECK_MAX_MS, type ComponentHealth } from '../health/health';
import type { Logger } from '../logging/logger';
import type { Migration } from './service-definition';
import type { ServiceStorage } from './service-storage';

export type PostgresStorageOptions = {
  readonly service: string;
  readonly url: string;
  readonly poolMax: number;
  readonly logPartitions: number;
  /** Bring the database up to date first; else a pending migration ends the start. */
  readonly migrate: boolean;
  /** The service's own, beside those of the libraries. */
  readonly migrations?: readonly Migration[];
  readonly logger: Logger;
};

/** How long a start waits for a database that does not accept connections yet. */
const DATABASE_WAIT_MS = 30_000;
const RETRY_PAUSE_MS = 500;

/** SQLSTATE classes of what passes by itself: the server is starting, stopping or full, or its disk fails. */
const PASSING = /^(08|53|57P0|58)/;

const mayPass = (error: unknown): boolean => {
  const { code } = error as { readonly code?: unknown };
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || PASSING.test(code);
};

const connect = async ({
  service,
  url,
  poolMax,
  migrations = [],
  logger,
}: PostgresStorageOptions): Promise<DataSource> => {
  const giveUpAtMs = performance.now() + DATABASE_WAIT_MS;
  for (let attempt = 1; ; attempt++) {
    const dataSource = postgresDataSource({
      url,
      poolSize: poolMax,
      applicationName: `murmuration-${service}`,
      migrations: [...messagingMigrations, ...effectsMigrations, ...migrations],
    });
    try {
      return await dataSource.initialize();
    } catch (error) {
      if (!mayPass(error) || performance.now() > giveUpAtMs) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (attempt === 1) logger.info({ reason, waitMs: DATABASE_WAIT_MS }, 'waiting for the database');
      await pause(RETRY_PAUSE_MS);
    }
  }
};

/** Gives a question up that is not answered, so that those asked while the database hangs do not use all connections up. */
export const databaseCheck = (pool: Pick<Pool, 'query'>) => async (): Promise<ComponentHealth> => {
  const question = { text: 'SELECT 1', query_timeout: CHECK_MAX_MS };
  await pool.query(question);
  return { status: 'up' };
};

/** Asks until there is nothing pending, and never again after that: only this process could make it so. */
const migrationsCheck = (dataSource: DataSource): (() => Promise<ComponentHealth>) => {
  let isUpToDate = false;
  return async () => {
    isUpToDate ||= !(await dataSource.showMigrations());
    return isUpToDate ? { status: 'up' } : { status: 'down', detail: 'migrations are pending' };
  };
};

/** Keeps everything in the service's own PostgreSQL. Rejects when it cannot be reached, or is not as it must be. */
export const openPostgresStorage = async (
  options: PostgresStorageOptions,
): Promise<ServiceStorage & { readonly dataSource: DataSource }> => {
  const { logPartitions, logger } = options;
  const dataSource = await connect(options);
  try {
    if (options.migrate) await migrate(dataSource);
    else if (await dataSource.showMigrations()) throw new Error('the database has pending migrations');
    const pool = poolOf(dataSource);
    const store = await postgresEventStore({
      ...{ dataSource, logPartitions },
      onBellLost: (error) => logger.debug({ err: error }, 'lost the bell between processes'),
    });
    const inbox = postgresInbox({ dataSource, logPartitions });
    return {
      dataSource,
      inbox,
      // Whoever follows the log is also told of what the consumer stores.
      store: withInboxBell(store, inbox),
      coordination: postgresCoordination({ dataSource }),
      outbox: postgresOutbox({ dataSource }),
      agendaStore: postgresAgendaStore(pool),
      checks: [
        { name: 'database', vital: true, check: databaseCheck(pool) },
        { name: 'migrations', vital: true, check: migrationsCheck(dataSource) },
      ],
      close: async () => {
        await store.close();
        await dataSource.destroy();
      },
    };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
};

/** Brings a service's database up to date and ends. */
export const migratePostgres = async (options: Omit<PostgresStorageOptions, 'migrate'>): Promise<void> => {
  const dataSource = await connect({ ...options, migrate: true });
  try {
    await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
};
