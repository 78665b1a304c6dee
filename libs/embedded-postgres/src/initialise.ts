import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Account } from './account';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { type Folders, giveTo, removeData } from './folders';

const run = promisify(execFile);

const INITDB_MS = 60_000;

export const SUPERUSER = 'postgres';

const initdbArguments = (cluster: string, pwfile: string): readonly string[] => [
  `--pgdata=${cluster}`,
  `--username=${SUPERUSER}`,
  `--pwfile=${pwfile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
];

/** Makes a new database cluster with a password of its own for the superuser. What an interrupted attempt left is removed. */
export const initialise = async (folders: Folders, binaries: Binaries, account: Account | undefined): Promise<void> => {
  removeData(folders);
  mkdirSync(folders.cluster, { mode: 0o700 });
  giveTo(folders.cluster, account);
  const pwfile = `${folders.root}/initial-password`;
  const password = randomBytes(18).toString('base64url');
  writeFileSync(pwfile, password, { mode: 0o600 });
  giveTo(pwfile, account);
  try {
    await run(binaries.initdb, initdbArguments(folders.cluster, pwfile), {
      ...account,
      cwd: folders.cluster,
      timeout: INITDB_MS,
      env: { ...process.env, LC_ALL: 'C' },
    });
  } catch (cause) {
    const { stderr } = cause as { readonly stderr?: string };
    throw new EmbeddedPostgresError('start-failed', `initdb failed: ${stderr?.trim() ?? String(cause)}`, { cause });
  } finally {
    rmSync(pwfile, { force: true });
  }
  // Written last: without it the cluster counts as not initialised.
  writeFileSync(folders.passwordFile, `${password}\n`, { mode: 0o600 });
  chmodSync(folders.passwordFile, 0o600);
};
