import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { accountForPostgres } from './account';
import { type Binaries, locateBinaries } from './binaries';
import { type DatabaseOptions, closeServerDatabases, createDatabase } from './databases';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { type Folders, isInitialised, placeFolders, removeData, superuserPassword } from './folders';
import { SUPERUSER, initialise } from './initialise';
import { stopOrphan } from './orphan';
import { type ServerCommand, type ServerExit, type ServerProcess, runServer } from './server-process';
import { settingArguments } from './settings';

export type StartOptions = {
  /** Keeps everything; made when it is missing. Two servers cannot share one. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Removes all data first. */
  readonly fresh?: boolean;
  /** True by default: an acknowledged commit survives a power cut. */
  readonly durable?: boolean;
  /** Gets every line that the server logs. */
  readonly log?: (line: string) => void;
  /** A folder to remove when this process dies without stopping the server. */
  readonly removeAfterDeath?: string;
};

export type StopMode = 'fast' | 'immediate';

export type Postgres = {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>;
  readonly superuserUrl: (database?: string) => string;
  /** Makes sure of a database with its own role, which alone can connect to it, and gives the role's URL. May be repeated. */
  readonly createDatabase: (options: DatabaseOptions) => Promise<string>;
  /** `fast` ends sessions and writes a checkpoint, `immediate` leaves recovery to the next start. */
  readonly stop: (mode?: StopMode) => Promise<void>;
};

const HOST = '127.0.0.1';
const READY = 'database system is ready to accept connections';
const START_MS = 60_000;
const STOP_MS = 30_000;
const START_ATTEMPTS_MAX = 8;
const ATTEMPT_PAUSE_MS = 250;
const LOG_LINES_KEPT_MAX = 20;

const listenOn = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => reject(new EmbeddedPostgresError('port-in-use', `${HOST}:${port}`, { cause })));
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });

const within = async (durationMs: number, event: Promise<unknown>): Promise<boolean> => {
  const limit = new AbortController();
  const late = pause(durationMs, false, { signal: limit.signal }).catch(() => false);
  const inTime = await Promise.race([event.then(() => true), late]);
  limit.abort();
  return inTime;
};

type Attempt = { readonly server: ServerProcess; readonly ready: boolean; readonly lines: readonly string[] };

const attemptStart = async (command: ServerCommand, log: (line: string) => void): Promise<Attempt> => {
  const lines: string[] = [];
  let whenReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (whenReady = resolve));
  const server = runServer(command, (line) => {
    lines.push(line);
    if (lines.length > LOG_LINES_KEPT_MAX) lines.shift();
    if (line.includes(READY)) whenReady();
    log(line);
  });
  const isReady = ready.then(() => true);
  const outcome = await Promise.race([
    isReady,
    server.exited.then(() => false),
    pause(START_MS, false, { ref: false }),
  ]);
  if (!outcome) server.signal('SIGKILL');
  return { server, ready: outcome, lines };
};

/** What a new attempt can mend: a port that was taken in between, workers of a killed server that have not ended yet. */
const isPassing = (lines: readonly string[], freePort: boolean): boolean =>
  lines.some((line) => line.includes('is still in use') || (freePort && line.includes('Address already in use')));

const stopServer = async (server: ServerProcess, mode: StopMode): Promise<void> => {
  server.signal(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  if (await within(STOP_MS, server.exited)) return;
  server.signal('SIGQUIT');
  if (await within(STOP_MS, server.exited)) return;
  server.signal('SIGKILL');
  await server.exited;
};

type Prepared = { readonly folders: Folders; readonly binaries: Binaries };

const startServer = async (
  options: StartOptions,
  { folders, binaries }: Prepared,
): Promise<{ server: ServerProcess; port: number }> => {
  const { log = () => undefined, durable = true, removeAfterDeath } = options;
  for (let attempt = 1; ; attempt++) {
    const port = await listenOn(options.port);
    const args = ['-D', folders.cluster, '-p', String(port), ...settingArguments(HOST, durable)];
    const { server, ready, lines } = await attemptStart(
      {
        program: binaries.postgres,
        args,
        cwd: folders.cluster,
        account: accountForPostgres(),
        ...(removeAfterDeath ? { removeAfterDeath } : {}),
      },
      log,
    );
    if (ready) return { server, port };
    await server.exited;
    if (attempt >= START_ATTEMPTS_MAX || !isPassing(lines, options.port === 0)) {
      throw new EmbeddedPostgresError('start-failed', lines.join(' | ') || 'it said nothing');
    }
    await pause(ATTEMPT_PAUSE_MS);
  }
};

/**
 * Starts a real PostgreSQL on 127.0.0.1 and waits until it accepts connections. It ends when this process does,
 * whatever kills it. Rejects with `EmbeddedPostgresError`.
 */
export const startPostgres = async (options: StartOptions): Promise<Postgres> => {
  const account = accountForPostgres();
  const folders = placeFolders(options.dataDir, account);
  await stopOrphan(folders, options.log ?? (() => undefined));
  if (options.port !== 0) await listenOn(options.port);
  if (options.fresh) removeData(folders);
  const binaries = locateBinaries(account);
  const isNew = !isInitialised(folders);
  if (isNew) await initialise(folders, binaries, account);
  writeFileSync(folders.ownerFile, `${process.pid}\n`);
  const { server, port } = await startServer(options, { folders, binaries });
  const urlOf = (role: string, password: string, database: string): string =>
    `postgres://${role}:${encodeURIComponent(password)}@${HOST}:${port}/${database}`;
  const superuserUrl = (database = 'postgres'): string => urlOf(SUPERUSER, superuserPassword(folders), database);
  if (isNew) await closeServerDatabases(superuserUrl());
  return {
    ...{ host: HOST, port, pid: server.pid, exited: server.exited, superuserUrl },
    createDatabase: async (database) => {
      await createDatabase(superuserUrl(), database);
      return urlOf(database.role, database.password, database.name);
    },
    stop: (mode = 'fast') => stopServer(server, mode),
  };
};
