import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { accepts, isHealthy, nodeUnit } from './node-unit';
import { freePort } from './ports';
import { postgresUnit, type DatabaseUrls } from './postgres-unit';
import { BROKER_PORT, POSTGRES_PORT, SERVICES, type ServiceName } from './services';
import type { StackError } from './stack-error';
import { claimDataDir, removeStackFile, writeStackFile, type StackFile } from './stack-file';
import { supervise, type Supervised } from './supervised';

export type StackOptions = {
  readonly dataDir: string;
  /** The repository's root, where the builds are. */
  readonly root: string;
  /** Begin with empty databases and an empty log. */
  readonly fresh?: boolean;
  /** `fixed` ports plus an offset, or any free ones. */
  readonly ports?: { readonly offset: number } | 'free';
  /** How many processes of each service, 1 by default. */
  readonly replicas?: number;
  /** A unit that dies this often within a minute is given up, 3 by default. */
  readonly deathsPerMinuteMax?: number;
  /** More environment for every service. */
  readonly env?: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** Called once when a unit cannot be kept running. */
  readonly failed: (error: StackError) => void;
};

export type Stack = {
  readonly urls: StackFile['urls'];
  readonly brokers: string;
  readonly pids: () => Readonly<Record<string, number>>;
  /** Ends everything, services first, the database last. */
  readonly stop: () => Promise<void>;
};

const seconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/** Starts PostgreSQL, the broker and the services, in the order in which they need each other, and keeps them running. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const {
    dataDir,
    root,
    fresh = false,
    ports = { offset: 0 },
    replicas = 1,
    deathsPerMinuteMax = 3,
    env = {},
    say,
  } = options;
  claimDataDir(dataDir);
  if (fresh) {
    rmSync(join(dataDir, 'broker'), { recursive: true, force: true });
    rmSync(join(dataDir, 'logs'), { recursive: true, force: true });
    claimDataDir(dataDir);
  }
  const port = (what: string, fixed: number): Promise<number> =>
    freePort(what, ports === 'free' ? 0 : fixed + ports.offset);
  const postgresPort = await port('PostgreSQL', POSTGRES_PORT);
  const brokerPort = await port('the broker', BROKER_PORT);
  const addresses: { readonly service: ServiceName; readonly unit: string; readonly port: number }[] = [];
  for (const { name, port: fixed } of SERVICES) {
    for (let replica = 0; replica < replicas; replica++) {
      addresses.push({
        service: name,
        unit: replica === 0 ? name : `${name}-${replica + 1}`,
        port: await port(name, replica === 0 ? fixed : fixed + replica * 100),
      });
    }
  }
  const brokers = `127.0.0.1:${brokerPort}`;
  const urlsOf = (service: ServiceName): readonly string[] =>
    addresses.filter((address) => address.service === service).map(({ port: at }) => `http://127.0.0.1:${at}`);
  const urls = Object.fromEntries(SERVICES.map(({ name }) => [name, urlsOf(name)])) as StackFile['urls'];

  const units: Supervised[] = [];
  const startedAt = new Date().toISOString();
  let ready = false;
  const pids = (): Record<string, number> => {
    const known: Record<string, number> = {};
    for (const unit of units) {
      const pid = unit.pid();
      if (pid !== undefined) known[unit.name] = pid;
    }
    return known;
  };
  const changed = (): void =>
    writeStackFile(dataDir, { pid: process.pid, startedAt, ready, urls, brokers, pids: pids() });
  const add = (unit: Parameters<typeof supervise>[0]): Supervised => {
    const supervised = supervise(unit, { say, changed, deathsMax: deathsPerMinuteMax, failed: options.failed });
    units.push(supervised);
    return supervised;
  };
  const stop = async (): Promise<void> => {
    const [database, broker, ...services] = units;
    await Promise.all(services.map((service) => service.stop()));
    await broker?.stop();
    await database?.stop();
    removeStackFile(dataDir);
  };
  const begin = async (what: string, starting: Promise<void>): Promise<void> => {
    const since = Date.now();
    await starting;
    say(`${what} is ready (${seconds(since)})`);
  };

  try {
    const databaseUrls: DatabaseUrls = new Map();
    const database = add(
      postgresUnit({
        dataDir,
        port: postgresPort,
        fresh,
        databases: SERVICES.map(({ name }) => name),
        urls: databaseUrls,
      }),
    );
    const broker = add(
      nodeUnit({
        name: 'broker',
        script: join(root, 'dist/tools/broker/main.js'),
        args: ['--port', String(brokerPort), '--data', join(dataDir, 'broker')],
        logFile: join(dataDir, 'logs/broker.log'),
        isReady: () => accepts(brokerPort),
      }),
    );
    say(`starting PostgreSQL on port ${postgresPort} and the broker on port ${brokerPort}`);
    await Promise.all([begin('PostgreSQL', database.start()), begin('the broker', broker.start())]);
    say(`starting ${addresses.map(({ unit }) => unit).join(', ')}`);
    await Promise.all(
      addresses.map(({ service, unit, port: at }) =>
        begin(
          unit,
          add(
            nodeUnit({
              name: unit,
              script: join(root, `dist/apps/${service}/main.js`),
              env: {
                HOST: '127.0.0.1',
                PORT: String(at),
                DATABASE_URL: databaseUrls.get(service) ?? '',
                KAFKA_BROKERS: brokers,
                ...(service === 'shipping' ? { CARRIER_WEBHOOK_BASE_URL: `http://127.0.0.1:${at}` } : {}),
                ...env,
              },
              logFile: join(dataDir, `logs/${unit}.log`),
              isReady: () => isHealthy(`http://127.0.0.1:${at}`),
            }),
          ).start(),
        ),
      ),
    );
    ready = true;
    changed();
    return { urls, brokers, pids, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
