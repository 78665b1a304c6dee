import { UNSENT_EVENTS_MAX } from '@murmuration/messaging';
import { z } from 'zod';
import { oneOf, setting, text, url, wholeNumber, yesOrNo } from './config';

const PORT_MAX = 65_535;
const GRACE_MS_MAX = 600_000;
const BODY_LIMIT_BYTES_MAX = 64 * 1024 * 1024;
/** The event store keeps five connections for itself, and all else needs one. */
const POOL_MIN = 6;
const POOL_MAX = 200;
const UNSENT_EVENTS_MAX_MAX = 1_000_000_000;

const isBroker = (broker: string): boolean => {
  const [, port] = /^[^\s:]+:(\d{1,5})$/.exec(broker) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= PORT_MAX;
};

const brokers = setting('a comma-separated list of host:port', (given) => {
  const list = given.split(',').map((broker) => broker.trim());
  return list.every(isBroker) ? list : undefined;
});

/** The settings that every service has; `port` is the one it listens on unless told otherwise. */
export const serviceConfig = (port: number) =>
  z.object({
    HOST: text('a host name or address').default('127.0.0.1'),
    /** 0 takes a free one. */
    PORT: wholeNumber(0, PORT_MAX).default(port),
    DATABASE_URL: url('a postgres:// address', 'postgres:', 'postgresql:'),
    DATABASE_POOL_MAX: wholeNumber(POOL_MIN, POOL_MAX).default(10),
    /** Whether this process brings the database up to date before it starts. */
    MIGRATE: yesOrNo().default(true),
    /** Fixed for ever when the event store is created. */
    LOG_PARTITIONS: wholeNumber(1, 64).default(1),
    KAFKA_BROKERS: brokers.default(['127.0.0.1:9092']),
    /** Partitions of each topic; every service of a flock must say the same. */
    KAFKA_TOPIC_PARTITIONS: wholeNumber(1, 1_000).default(6),
    /** Before the name of every topic and consumer group, so that several flocks may share one Kafka. */
    KAFKA_TOPIC_PREFIX: setting('up to 64 letters, digits or any of . _ -', (given) =>
      /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : undefined,
    ).default(''),
    KAFKA_REPLICATION_FACTOR: wholeNumber(1, 9).default(1),
    /** Events stored and not yet sent, from which on the service takes nothing new on; each costs about a kibibyte of disk. */
    UNSENT_EVENTS_MAX: wholeNumber(1, UNSENT_EVENTS_MAX_MAX).default(UNSENT_EVENTS_MAX),
    LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
    BODY_LIMIT_BYTES: wholeNumber(1_024, BODY_LIMIT_BYTES_MAX).default(256 * 1024),
    /** How long a stop may take before the process ends anyway. */
    SHUTDOWN_GRACE_MS: wholeNumber(0, GRACE_MS_MAX).default(10_000),
  });

export type ServiceConfig = Readonly<z.infer<ReturnType<typeof serviceConfig>>>;
