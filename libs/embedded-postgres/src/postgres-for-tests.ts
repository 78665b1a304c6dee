import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accountForPostgres } from './account';
import { locateBinaries } from './binaries';
import { createDatabase, dropDatabase } from './databases';
import { SHARED_FOLDER } from './folders';
import { startPostgres } from './postgres';

export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

export type TestPostgres = {
  /** Leads to the server's own database as a superuser. */
  readonly adminUrl: string;
  /** An empty database with a role of its own. */
  readonly newDatabase: () => Promise<TestDatabase>;
  readonly stop: () => Promise<void>;
};

type Server = { readonly adminUrl: string; readonly stop: () => Promise<void> };

const databaseOn = async (adminUrl: string): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await createDatabase(adminUrl, { name, role: name, password });
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => dropDatabase(adminUrl, { name, role: name }) };
};

const run = promisify(execFile);

/** The watcher, which runs as the server does, can then remove the folder. */
const giveTree = async (folder: string): Promise<void> => {
  const account = accountForPostgres();
  if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
};

/** A cluster that was initialised once and is copied for each server: a copy takes a tenth of initdb's time. */
const templateFolder = async (): Promise<string> => {
  const { version } = locateBinaries(accountForPostgres());
  const template = join(SHARED_FOLDER, `murmuration-postgres-template-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(template)) return template;
  const building = mkdtempSync(`${template}-`);
  chmodSync(building, 0o755);
  const server = await startPostgres({ dataDir: building, port: 0, durable: false, removeAfterDeath: building });
  await server.stop('fast');
  try {
    renameSync(building, template);
  } catch (error) {
    rmSync(building, { recursive: true });
    if (!existsSync(template)) throw error;
  }
  return template;
};

const startEmbedded = async (): Promise<Server> => {
  const template = await templateFolder();
  const folder = mkdtempSync(join(SHARED_FOLDER, 'murmuration-postgres-test-'));
  cpSync(template, folder, { recursive: true });
  chmodSync(folder, 0o755);
  await giveTree(folder);
  const server = await startPostgres({ dataDir: folder, port: 0, durable: false, removeAfterDeath: folder });
  return {
    adminUrl: server.superuserUrl(),
    stop: async () => {
      await server.stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/**
 * A server for tests: the one that POSTGRES_URL in the environment leads to (as a superuser), else an embedded one on
 * a folder of its own that does not wait for the disk.
 */
export const postgresForTests = async (): Promise<TestPostgres> => {
  const given = process.env['POSTGRES_URL'];
  const server: Server = given ? { adminUrl: given, stop: () => Promise.resolve() } : await startEmbedded();
  return { ...server, newDatabase: () => databaseOn(server.adminUrl) };
};
