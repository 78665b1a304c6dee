import { dockerAnswers, startKafkaContainer } from './kafka-container';
import { canRun, kafkaJars } from './kafka-jars';
import { startKafkaProcess } from './kafka-process';
import { KafkaOracleError } from './oracle-error';

export { KafkaOracleError } from './oracle-error';

export type ApacheKafka = {
  /** Addresses as `host:port`. */
  readonly brokers: string[];
  /** Where it came from, for the person who reads the output. */
  readonly describe: string;
  stop(): Promise<void>;
};

const HOW_TO_GET_ONE =
  'no Apache Kafka to test against: set KAFKA_BROKERS=host:port, or start Docker, or install Java 17 and Maven';

/**
 * A real Apache Kafka: the one in `KAFKA_BROKERS`, else one in a container, else one from its own jars. Throws
 * `KafkaOracleError` with one line that says how to get one.
 */
export const startApacheKafka = async (env: NodeJS.ProcessEnv = process.env): Promise<ApacheKafka> => {
  const given = env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') {
    return { brokers: given.split(','), describe: `from KAFKA_BROKERS, ${given}`, stop: () => Promise.resolve() };
  }
  if (await dockerAnswers(env)) {
    const container = await startKafkaContainer();
    const { address, image } = container;
    return { brokers: [address], describe: `${image} in Docker, ${address}`, stop: () => container.stop() };
  }
  const hasJava = await canRun('java', ['-version'], env);
  const hasMaven = await canRun('mvn', ['-v'], env);
  if (!hasJava || !hasMaven) throw new KafkaOracleError('none-to-be-had', HOW_TO_GET_ONE);
  const { classPath, version } = await kafkaJars();
  const kafka = await startKafkaProcess(classPath);
  const address = `127.0.0.1:${kafka.port}`;
  return { brokers: [address], describe: `${version} from its jars, ${address}`, stop: () => kafka.stop() };
};
