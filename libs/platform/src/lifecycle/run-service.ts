import { topicOf } from '@murmuration/contracts';
import type { Message } from '@murmuration/kernel';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ConfigError } from '../config/config';
import type { ServiceConfig } from '../config/service-config';
import { createLogger, type Logger } from '../logging/logger';
import { topicsOf } from '../transport/reactions';
import { kafkaFlow } from './kafka-flow';
import { migratePostgres, openPostgresStorage } from './postgres-storage';
import type { ServiceDefinition } from './service-definition';
import { startService } from './start-service';

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
const crashOn = (logger: Logger): ((error: unknown) => void) => {
  const crash = (error: unknown): void => {
    logger.fatal({ err: error }, 'this process cannot go on');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  return crash;
};

const withinGrace = async (work: Promise<void>, graceMs: number, logger: Logger): Promise<void> => {
  const timer = setTimeout(() => {
    logger.error({ graceMs }, 'could not stop within the grace period');
    process.exit(1);
  }, graceMs);
  await work;
  clearTimeout(timer);
};

/**
 * A service's whole life: config, storage, start, and on SIGTERM or SIGINT the drain, after which it exits with 0. With
 * `--migrate-only` it brings the database up to date and exits. What keeps it from starting is one line on standard error
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
  define: (config: Config) => ServiceDefinition<Command, Event, State, Rejection, Effect, Result>,
): Promise<void> => {
  const startedMs = performance.now();
  const config = configOf(readConfig);
  const definition = define(config);
  const { service, migrations = [] } = definition;
  const logger = createLogger(service, config.LOG_LEVEL);
  const onFatal = crashOn(logger);
  const signalled = asked();
  try {
    const database = {
      ...{ service, url: config.DATABASE_URL, poolMax: config.DATABASE_POOL_MAX, logger, migrations },
      logPartitions: config.LOG_PARTITIONS,
    };
    if (process.argv.includes('--migrate-only')) {
      await migratePostgres(database);
      logger.info('the database is up to date');
      return;
    }
    const storage = await openPostgresStorage({ ...database, migrate: config.MIGRATE });
    const topics = [...new Set([topicOf(service), ...topicsOf(definition.hears)])];
    const flow = kafkaFlow({ ...config, clientId: service, topics, logger });
    const running = await startService(definition, {
      ...{ storage, flow, logger, onFatal, host: config.HOST, port: config.PORT },
      ...{
        bodyLimitBytes: config.BODY_LIMIT_BYTES,
        holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
      },
    });
    logger.info({ url: running.url, startMs: Math.round(performance.now() - startedMs) }, 'ready');
    const signal = await signalled;
    logger.info({ signal }, 'stopping');
    await withinGrace(
      running
        .stop()
        .then(() => flow.close())
        .then(() => storage.close()),
      config.SHUTDOWN_GRACE_MS,
      logger,
    );
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    logger.debug({ err: error }, 'could not start');
    die(`${service}: ${reasonOf(error)}`);
  }
};
