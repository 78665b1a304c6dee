import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { guardKafkajs } from './kafkajs-guards';
import { speedUpKafkajsRecords } from './kafkajs-records';

export type KafkaLogLine = {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly namespace: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
};

export type KafkaClientOptions = Pick<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl' | 'socketFactory'> & {
  readonly log?: (line: KafkaLogLine) => void;
};

const LEVELS: Readonly<Record<number, KafkaLogLine['level']>> = {
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
};
/** The relay bounds the producer's retries on purpose: what it repeats is recognised by its links. */
const EXPECTED = 'Limiting retries for the idempotent producer may invalidate EoS guarantees';

const CONNECT_MS = 3_000;
const REQUEST_MS = 15_000;
export const KAFKA_RETRY = { initialRetryTime: 50, maxRetryTime: 1_000, retries: 4 };

/** A client with short, bounded retries: whoever uses it goes on trying by itself. */
export const kafkaClient = ({ log, ...options }: KafkaClientOptions): Kafka => {
  guardKafkajs();
  speedUpKafkajsRecords();
  return new Kafka({
    ...options,
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    retry: KAFKA_RETRY,
    logLevel: log ? logLevel.INFO : logLevel.NOTHING,
    logCreator:
      () =>
      ({ level, namespace, log: { message, timestamp: _timestamp, logger: _logger, ...details } }) => {
        if (message !== EXPECTED) log?.({ level: LEVELS[level] ?? 'debug', namespace, message, details });
      },
  });
};

/** Does not wait longer for a connection that may be dead; what became of it is told, never thrown. */
export const closeWithin = async (
  boundMs: number,
  close: () => Promise<unknown>,
  onFailure: (error: unknown) => void,
): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, boundMs);
  });
  await Promise.race([close().catch(onFailure), bound]);
  clearTimeout(timer);
};
