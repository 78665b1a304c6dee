import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseAddresses, urlOf, urlsByService, type PortChoice, type ServiceAddress } from './addresses';
import { clearDataFolder, makeDataFolder } from './data-folder';
import { nodeUnit, whyNotHealthy, whyNotListening } from './node-unit';
import { postgresUnit, type DatabaseUrls } from './postgres-unit';
import { SERVICES } from './services';
import { StackError } from './stack-error';
import { claimStackFile, refuseSecondStack, removeStackFile, writeStackFile, type StackFile } from './stack-file';
import { supervise, type Supervised, type Unit } from './supervised';

export type StackOptions = {
  readonly dataDir: string;
  /** The repository's root, where the builds are. */
  readonly root: string;
  /** Begin with empty databases and an empty log. */
  readonly fresh?: boolean;
  readonly ports?: PortChoice;
  /** How many processes of each service, 1 by default. */
  readonly replicas?: number;
  /** A unit that dies this often within a minute is given up, 3 by default. */
  readonly deathsPerMinuteMax?: number;
  /** A Kafka to use instead of the embedded broker, as `host:port,…`. */
  readonly brokers?: string;
  /** More environment for every service. */
  readonly env?: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** A unit cannot be kept running. May be called more than once. */
  readonly failed: (error: StackError) => void;
  /** Ends a start that is not wanted any more. A stack that runs is ended with `stop`. */
  readonly signal?: AbortSignal;
};

export type Stack = {
  readonly urls: StackFile['urls'];
  readonly brokers: string;
  /** Names of all processes that the stack keeps running: `postgres`, `broker`, `orders`, `orders-2`, … */
  readonly units: readonly string[];
  /** By unit; a unit that is down has none. */
  readonly pids: () => Readonly<Record<string, number>>;
  /** Ends everything, services first, the database last. May be called again. */
  readonly stop: () => Promise<void>;
};

const DEATHS_PER_MINUTE_MAX = 3;
/** What a drain takes when PostgreSQL and the broker are gone as well; with them it takes a fraction of a second. */
const DRAIN_MS = 5_000;

const seconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

const builtScript = (root: string, project: string): string => {
  const script = join(root, 'dist', project, 'main.js');
  if (!existsSync(script)) throw new StackError(`${script} is missing; "npm run build" makes it`);
  return script;
};

type Content = Pick<StackFile, 'urls' | 'brokers'>;

/** The units of a stack that starts, and the file that tells of them. */
const newCrew = (options: StackOptions, content: Content) => {
  const { dataDir, deathsPerMinuteMax: deathsMax = DEATHS_PER_MINUTE_MAX, say, failed } = options;
  const startedAt = new Date().toISOString();
  const members: Supervised[] = [];
  let ready = false;
  let stopping: Promise<void> | undefined;

  const pids = (): Readonly<Record<string, number>> =>
    Object.fromEntries(
      members.flatMap((member) => {
        const pid = member.pid();
        return pid === undefined ? [] : [[member.name, pid]];
      }),
    );
  const file = (): StackFile => ({ pid: process.pid, startedAt, ready, ...content, pids: pids() });
  const changed = (): void => writeStackFile(dataDir, file());

  const stopAll = async (): Promise<void> => {
    const named = (name: string): Supervised | undefined => members.find((member) => member.name === name);
    await Promise.all(
      members.filter(({ name }) => name !== 'postgres' && name !== 'broker').map((member) => member.stop()),
    );
    await named('broker')?.stop();
    await named('postgres')?.stop();
    removeStackFile(dataDir);
  };

  return {
    claim: (): void => claimStackFile(dataDir, file()),
    /** Resolves once it serves; says so. */
    start: async (unit: Unit, called = unit.name): Promise<void> => {
      if (stopping !== undefined) throw new StackError(`${unit.name} was not started, since the stack stops`);
      const since = Date.now();
      const member = supervise(unit, { say, changed, deathsMax, failed });
      members.push(member);
      await member.start();
      if (stopping === undefined) say(`${called} is ready (${seconds(since)})`);
    },
    isReady: (): void => {
      ready = true;
      changed();
    },
    pids,
    units: (): readonly string[] => members.map(({ name }) => name),
    stop: (): Promise<void> => (stopping ??= stopAll()),
  };
};

/** Few, since every process of one machine reads all of them; a service can have as many processes as there are partitions. */
const EMBEDDED_PARTITIONS = '2';

const serviceUnit = (
  { dataDir, root, env = {}, brokers: given }: StackOptions,
  { service, unit, port }: ServiceAddress,
  databaseUrl: string,
  brokers: string,
): Unit => {
  const embedded = given === undefined;
  return nodeUnit({
    name: unit,
    script: builtScript(root, `apps/${service}`),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: brokers,
      ...(embedded ? { KAFKA_TOPIC_PARTITIONS: process.env['KAFKA_TOPIC_PARTITIONS'] ?? EMBEDDED_PARTITIONS } : {}),
      SHUTDOWN_GRACE_MS: String(DRAIN_MS),
      ...(service === 'shipping' ? { CARRIER_WEBHOOK_BASE_URL: urlOf(port) } : {}),
      ...env,
    },
    logFile: join(dataDir, `logs/${unit}.log`),
    waitsFor: () => whyNotHealthy(urlOf(port)),
  });
};

const brokerUnit = ({ dataDir, root }: StackOptions, port: number): Unit =>
  nodeUnit({
    name: 'broker',
    script: builtScript(root, 'tools/broker'),
    args: ['--port', String(port), '--data', join(dataDir, 'broker')],
    logFile: join(dataDir, 'logs/broker.log'),
    waitsFor: () => whyNotListening(port),
  });

/**
 * Starts PostgreSQL, the broker and the services, in the order in which they need each other, and keeps them running. Rejects
 * with a `StackError` after it has ended whatever it had started.
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { dataDir, fresh = false, ports = { offset: 0 }, replicas = 1, say, signal } = options;
  makeDataFolder(dataDir);
  refuseSecondStack(dataDir);
  const withBroker = options.brokers === undefined;
  const { postgresPort, brokerPort = 0, services } = await chooseAddresses(ports, { replicas, withBroker });
  const urls = urlsByService(services);
  const brokers = options.brokers ?? `127.0.0.1:${brokerPort}`;
  const crew = newCrew(options, { urls, brokers });
  crew.claim();
  const abort = (): void => void crew.stop();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    if (fresh) clearDataFolder(dataDir);
    const databaseUrls: DatabaseUrls = new Map();
    const databases = SERVICES.map(({ name }) => name);
    const kafka = withBroker ? `and the broker on port ${brokerPort}` : `beside the Kafka at ${brokers}`;
    say(`starting PostgreSQL on port ${postgresPort} ${kafka}`);
    await Promise.all([
      crew.start(postgresUnit({ dataDir, port: postgresPort, fresh, databases, urls: databaseUrls }), 'PostgreSQL'),
      ...(withBroker ? [crew.start(brokerUnit(options, brokerPort), 'the broker')] : []),
    ]);
    signal?.throwIfAborted();
    say(`starting ${services.map(({ unit }) => unit).join(', ')}`);
    await Promise.all(
      services.map((address) =>
        crew.start(serviceUnit(options, address, databaseUrls.get(address.service) ?? '', brokers)),
      ),
    );
    signal?.throwIfAborted();
    crew.isReady();
    return { urls, brokers, units: crew.units(), pids: crew.pids, stop: crew.stop };
  } catch (error) {
    await crew.stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
};
