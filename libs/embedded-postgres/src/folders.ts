import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Account, canUseFolder } from './account';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** A folder that every account can enter and that survives a restart of the machine. */
export const SHARED_FOLDER = process.platform === 'win32' ? tmpdir() : '/var/tmp';

export type Folders = {
  /** Holds everything below; removed by a fresh start. */
  readonly root: string;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
  readonly passwordFile: string;
  /** Names the process that started the server. */
  readonly ownerFile: string;
};

const LOCATION_FILE = 'location';

const foldersIn = (root: string): Folders => ({
  root,
  cluster: join(root, 'cluster'),
  passwordFile: join(root, 'superuser-password'),
  ownerFile: join(root, 'owner'),
});

/** One level at a time: Node's own recursive mkdir never ends where a file system refuses folders by ENOENT, as /proc does. */
const makeFolders = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

const makeFolder = (folder: string): void => {
  try {
    makeFolders(folder);
    writeFileSync(join(folder, '.writable'), '');
    rmSync(join(folder, '.writable'));
  } catch (cause) {
    throw new EmbeddedPostgresError('data-folder-unusable', `${folder} cannot be written`, { cause });
  }
};

/**
 * Where the data lies: in `dataDir`, or, when the account that runs the server cannot enter it, in a shared folder
 * under a hash of its path; a file in `dataDir` then says where.
 */
export const placeFolders = (dataDir: string, account: Account | undefined): Folders => {
  const wanted = resolve(dataDir);
  makeFolder(wanted);
  if (account === undefined || canUseFolder(wanted, account)) return foldersIn(wanted);
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const root = join(SHARED_FOLDER, `murmuration-postgres-${key}`);
  makeFolder(root);
  if (statSync(root).uid !== process.getuid?.()) {
    throw new EmbeddedPostgresError('data-folder-unusable', `${root} belongs to somebody else`);
  }
  chmodSync(root, 0o755);
  writeFileSync(join(wanted, LOCATION_FILE), `${root}\n`);
  return foldersIn(root);
};

export const removeData = ({ cluster, passwordFile, ownerFile }: Folders): void => {
  for (const path of [cluster, passwordFile, ownerFile]) rmSync(path, { recursive: true, force: true });
};

export const isInitialised = ({ cluster, passwordFile }: Folders): boolean =>
  existsSync(join(cluster, 'PG_VERSION')) && existsSync(passwordFile);

export const giveTo = (path: string, account: Account | undefined): void => {
  if (account) chownSync(path, account.uid, account.gid);
};

export const superuserPassword = ({ passwordFile }: Folders): string => readFileSync(passwordFile, 'utf8').trim();
