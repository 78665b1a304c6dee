import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../broker';

export type BrokerForTests = {
  /** Addresses as `host:port`. */
  readonly brokers: string[];
  readonly kind: 'embedded' | 'apache';
  stop(): Promise<void>;
};

/**
 * The broker that an integration test talks to: the one named in `KAFKA_BROKERS` (a list with commas), else an embedded one
 * of its own on a free port with an empty folder, both gone after `stop`.
 */
export const brokerForTests = async (): Promise<BrokerForTests> => {
  const given = process.env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') {
    return { brokers: given.split(','), kind: 'apache', stop: () => Promise.resolve() };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'murmuration-broker-'));
  const broker = await startBroker({ port: 0, dataDir });
  return {
    brokers: [`${broker.address.host}:${broker.address.port}`],
    kind: 'embedded',
    stop: async () => {
      await broker.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
