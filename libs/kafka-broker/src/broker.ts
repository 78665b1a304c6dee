import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { lockDataFolder } from './data-lock';
import { CommittedOffsets } from './groups/committed-offsets';
import { GroupCoordinator, systemGroupClock } from './groups/group-coordinator';
import { KafkaBrokerError } from './kafka-broker-error';
import { Committer, type FsyncMode } from './log/committer';
import { HotMemory } from './log/hot-memory';
import { adminHandlers } from './server/admin.handlers';
import type { BrokerState } from './server/broker-state';
import { clusterHandlers } from './server/cluster.handlers';
import { committedOffsetsHandlers } from './server/committed-offsets.handlers';
import { Connection } from './server/connection';
import { dispatcher, type Handlers } from './server/dispatch';
import { fetchHandler } from './server/fetch.handler';
import { FetchWaiters } from './server/fetch-waiters';
import { groupAdminHandlers, groupHandlers } from './server/group.handlers';
import { offsetsHandlers } from './server/offsets.handlers';
import { produceHandler } from './server/produce.handler';
import { BrokerIdentity } from './topics/broker-identity';
import { TopicCatalogue } from './topics/topic-catalogue';

const CONNECTIONS_MAX = 4096;
const MEBIBYTE = 1024 * 1024;

export type BrokerOptions = {
  /** The address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly dataDir: string;
  /**
   * What an acknowledgement means. `none`: handed to the operating system, survives the death of the process. `group`: on
   * the disk, survives loss of power; one sync per file for all that came in while the last was under way.
   */
  readonly fsync?: FsyncMode;
  /** Whether asking for a topic creates it; true unless given. */
  readonly autoCreateTopics?: boolean;
  /** The partitions of a topic created without a count; 1 unless given. */
  readonly defaultPartitions?: number;
  /** How long an empty group waits for more members before its first generation; 0 unless given. */
  readonly groupInitialRebalanceDelayMs?: number;
  /** The largest request read from a client; 100 MiB unless given. */
  readonly requestBytesMax?: number;
  /** The largest batch taken; 1 MiB and a header unless given, as with Apache Kafka. */
  readonly batchBytesMax?: number;
  readonly segmentBytesMax?: number;
  /** The memory for the ends of all logs together, from which consumers at the tail are served; 64 MiB unless given. */
  readonly hotBytesMax?: number;
  /** Hears of everything unusual, one line each. */
  readonly log?: (line: string) => void;
};

export type Broker = {
  readonly address: { readonly host: string; readonly port: number };
  /** Closes all connections, writes what is pending and gives the folder back. Calling it again changes nothing. */
  stop(): Promise<void>;
};

/**
 * Starts a broker that speaks Kafka's protocol. Throws `KafkaBrokerError`: `port-in-use`, `address-not-available`,
 * `data-folder-in-use`, `data-folder-unusable` or `data-damaged`.
 */
export const startBroker = async (options: BrokerOptions): Promise<Broker> => {
  const log = options.log ?? ((): void => undefined);
  const unlock = openDataFolder(options.dataDir);
  let state: BrokerState;
  try {
    state = openState(options, log);
  } catch (cause) {
    unlock();
    throw cause instanceof KafkaBrokerError ? cause : unusable(options.dataDir, cause);
  }

  const connections = new Set<Connection>();
  const answer = dispatcher(handlersOf(state));
  const frameBytesMax = options.requestBytesMax ?? 100 * MEBIBYTE;
  const server = createServer((socket) => {
    const connection = new Connection(socket, { frameBytesMax, answer, log });
    connections.add(connection);
    connection.onClose(() => connections.delete(connection));
  });
  server.maxConnections = CONNECTIONS_MAX;

  const stopState = async (): Promise<void> => {
    state.coordinator.stop();
    await state.committer.drained();
    await state.catalogue.stop();
    state.offsets.stop();
    unlock();
  };

  const host = options.host ?? '127.0.0.1';
  try {
    state.advertised.port = await listen(server, host, options.port);
    // A connection that could not be taken, for want of descriptors, is the client's to try again.
    server.on('error', (error) => log(`${host}: not accepted: ${error.message}`));
  } catch (error) {
    await stopState();
    throw error;
  }

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // What is in hand is answered once it is written; what comes now is not taken, or nobody would hear of it.
    for (const connection of connections) connection.takeNoMore();
    await state.committer.drained();
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of connections) connection.close();
    await closed;
    await stopState();
  };
  return { address: { host, port: state.advertised.port }, stop: () => (stopped ??= stop()) };
};

const openDataFolder = (dataDir: string): (() => void) => {
  try {
    mkdirSync(dataDir, { recursive: true });
    return lockDataFolder(dataDir);
  } catch (cause) {
    throw cause instanceof KafkaBrokerError ? cause : unusable(dataDir, cause);
  }
};

const unusable = (dataDir: string, cause: unknown): KafkaBrokerError =>
  new KafkaBrokerError(
    'data-folder-unusable',
    `the data folder ${dataDir} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

const openState = (options: BrokerOptions, log: (line: string) => void): BrokerState => {
  const waiters = new FetchWaiters();
  const host = options.host ?? '127.0.0.1';
  const isWildcard = host === '0.0.0.0' || host === '::';
  const catalogue = new TopicCatalogue(options.dataDir, {
    memory: new HotMemory(options.hotBytesMax ?? 64 * MEBIBYTE),
    batchBytesMax: options.batchBytesMax ?? MEBIBYTE + 12,
    segmentBytesMax: options.segmentBytesMax ?? 64 * MEBIBYTE,
    log,
  });
  return {
    identity: new BrokerIdentity(options.dataDir),
    catalogue,
    offsets: new CommittedOffsets(options.dataDir, {
      isKnownTopic: (topic) => catalogue.get(topic) !== undefined,
      log,
    }),
    coordinator: new GroupCoordinator(systemGroupClock, options.groupInitialRebalanceDelayMs ?? 0),
    committer: new Committer(options.fsync ?? 'none', (members) => waiters.wake(members), log),
    waiters,
    autoCreateTopics: options.autoCreateTopics ?? true,
    defaultPartitions: options.defaultPartitions ?? 1,
    advertised: { host: isWildcard ? undefined : host, port: 0 },
    log,
  };
};

const handlersOf = (state: BrokerState): Handlers => ({
  produce: produceHandler(state),
  fetch: fetchHandler(state),
  ...offsetsHandlers(state),
  ...clusterHandlers(state),
  ...adminHandlers(state),
  ...groupHandlers(state),
  ...groupAdminHandlers(state),
  ...committedOffsetsHandlers(state),
});

const LISTEN_ERRORS: Partial<Record<string, 'port-in-use' | 'address-not-available'>> = {
  EADDRINUSE: 'port-in-use',
  EACCES: 'address-not-available',
  EADDRNOTAVAIL: 'address-not-available',
  ENOTFOUND: 'address-not-available',
};

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const code = LISTEN_ERRORS[cause.code ?? ''] ?? 'address-not-available';
      const what = code === 'port-in-use' ? 'is in use' : `cannot be listened on: ${cause.message}`;
      reject(new KafkaBrokerError(code, `${host}:${port} ${what}`, { cause }));
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
