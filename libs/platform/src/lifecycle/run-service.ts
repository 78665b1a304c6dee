import { topicOf, type ServiceName } from '@murmuration/contracts';
import { poolOf } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { ConfigError } from '../config/config';
import type { ServiceConfig } from '../config/service-config';
import { createLogger, type Logger } from '../logging/logger';
import { topicsOf } from '../transport/reactions';
import { kafkaFlow } from './kafka-flow';
import { migratePostgres, openPostgresStorage } from './postgres-storage';
import type { Migration, ServiceDefinition } from './service-definition';
import type { ServiceStorage } from './service-storage';
import { startService } from './start-service';

/** The part of the grace that external calls in hand may take: what is left is for giving up what this process leads. */
const CALLS_GRACE = 0.5;

/** What a service may build its own parts on. */
export type Workplace = {
  readonly storage: ServiceStorage;
  /** Of raw connections to the service's own database. */
  readonly pool: Pool;
  readonly logger: Logger;
};

/** Ends the process with one line for whoever started it. */
const die = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};

const reasonOf = (error: unknown): string => {
  const { message, code } = error as { readonly message?: string; readonly code?: string };
  return (message || code || String(error)).replaceAll(/\s+/g, ' ');
};

const configOf = <Config>(readConfig: () => Config): Config => {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return die(error.message);
    throw error;
  }
};

/** Resolves with the first signal that asks the process to end; later ones change nothing. */
const asked = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });

/** Rather a restart than going on in a state that nobody foresaw. */
const crashOnBugs = (logger: Logger): void => {
  const crash = (error: unknown): void => {
    logger.fatal({ err: error }, 'this process cannot go on');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
};

const withinGrace = async (work: Promise<void>, graceMs: number, logger: Logger): Promise<void> => {
  const timer = setTimeout(() => {
    logger.error({ graceMs }, 'could not stop within the grace period');
    process.exit(1);
  }, graceMs);
  await work;
  clearTimeout(timer);
};

/** What a service is made of. */
export type Blueprint<
  Config extends ServiceConfig,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
> = {
  readonly service: ServiceName;
  /** Of its own tables, beside those that every service has. */
  readonly migrations?: readonly Migration[];
  readonly define: (
    config: Config,
    workplace: Workplace,
  ) => ServiceDefinition<Command, Event, State, Rejection, Effect, Result>;
};

const databaseOf = (
  { service, migrations = [] }: { readonly service: string; readonly migrations?: readonly Migration[] },
  config: ServiceConfig,
  logger: Logger,
) => ({
  ...{ service, migrations, logger, url: config.DATABASE_URL },
  ...{ poolMax: config.DATABASE_POOL_MAX, logPartitions: config.LOG_PARTITIONS },
});

/** Starts all of it; resolves to what drains and closes it again. */
const startProcess = async <
  Config extends ServiceConfig,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  blueprint: Blueprint<Config, Command, Event, State, Rejection, Effect, Result>,
  config: Config,
  logger: Logger,
  onFatal: (error: unknown) => void,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const { service, define } = blueprint;
  const storage = await openPostgresStorage({ ...databaseOf(blueprint, config, logger), migrate: config.MIGRATE });
  const definition = define(config, { storage, pool: poolOf(storage.dataSource), logger });
  const topics = [...new Set([topicOf(service), ...topicsOf(definition.hears)])];
  const flow = kafkaFlow({ ...config, clientId: service, topics, logger });
  const holder = `${hostname()}-${process.pid}-${randomUUID()}`;
  const started = await startService(definition, {
    ...{ storage, flow, logger, onFatal, holder },
    ...{ host: config.HOST, port: config.PORT, bodyLimitBytes: config.BODY_LIMIT_BYTES },
    unsentEvents: { max: config.UNSENT_EVENTS_MAX },
    callsGraceMs: config.SHUTDOWN_GRACE_MS * CALLS_GRACE,
  });
  return {
    url: started.url,
    stop: async () => {
      await started.stop();
      await flow.close();
      await storage.close();
    },
  };
};

/**
 * A service's whole life: config, storage, start, and on SIGTERM or SIGINT the drain, after which it exits with 0. With
 * `--migrate-only` it brings the database up to date and ends. What keeps it from starting is one line on standard error
 * and exit code 1.
 */
export const runService = async <
  Config extends ServiceConfig,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  readConfig: () => Config,
  blueprint: Blueprint<Config, Command, Event, State, Rejection, Effect, Result>,
): Promise<void> => {
  const { service } = blueprint;
  const config = configOf(readConfig);
  const logger = createLogger(service, config.LOG_LEVEL);
  const fail = (error: unknown): never => {
    logger.debug({ err: error }, 'cannot go on');
    return die(`${service}: ${reasonOf(error)}`);
  };
  if (process.argv.includes('--migrate-only')) {
    await migratePostgres(databaseOf(blueprint, config, logger)).catch(fail);
    logger.info('the database is up to date');
    return;
  }
  crashOnBugs(logger);
  const signalled = asked();
  const running = await Promise.race([startProcess(blueprint, config, logger, fail).catch(fail), signalled]);
  if (typeof running !== 'string') {
    logger.info({ url: running.url, startMs: Math.round(process.uptime() * 1_000) }, 'ready');
    const signal = await signalled;
    logger.info({ signal }, 'stopping');
    await withinGrace(running.stop(), config.SHUTDOWN_GRACE_MS, logger);
  }
  // What was asked to end while it started has nothing to drain, and leaves nothing that a crash would not.
  logger.info('stopped');
  process.exit(0);
};
