import { request } from 'node:http';

const PING_MS_MAX = 2_000;
const SOCKET = '/var/run/docker.sock';
const IMAGE = 'confluentinc/cp-kafka:7.9.0';
const PORT = 9093;

/** Whether a Docker engine answers where clients look for one. */
export const dockerAnswers = (env: NodeJS.ProcessEnv): Promise<boolean> =>
  new Promise((resolve) => {
    const host = env['DOCKER_HOST'] ?? `unix://${SOCKET}`;
    const target = host.startsWith('unix://')
      ? { socketPath: host.slice('unix://'.length), path: '/_ping' }
      : { ...addressOf(host), path: '/_ping' };
    const ping = request({ ...target, timeout: PING_MS_MAX }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });

const addressOf = (url: string): { readonly host: string; readonly port: string } => {
  const { hostname, port } = new URL(url.replace(/^tcp:/, 'http:'));
  return { host: hostname, port };
};

export type KafkaInContainer = { readonly address: string; readonly image: string; stop(): Promise<void> };

export const startKafkaContainer = async (): Promise<KafkaInContainer> => {
  const { KafkaContainer } = await import('@testcontainers/kafka');
  const container = await new KafkaContainer(IMAGE)
    .withKraft()
    .withEnvironment({ KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0' })
    .start();
  return {
    address: `${container.getHost()}:${container.getMappedPort(PORT)}`,
    image: IMAGE,
    stop: async () => {
      await container.stop();
    },
  };
};
