import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Account, canUseFolder } from './account';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { SHARED_FOLDER } from './folders';

export type Binaries = { readonly initdb: string; readonly postgres: string; readonly version: string };

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' };

type Link = { readonly source: string; readonly target: string };

const packageFolder = (): string => {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new EmbeddedPostgresError('unsupported-platform', `the package ${name} is not installed`, { cause });
  }
};

/** npm packages hold no symbolic links; the package's install script makes them, where scripts may run. */
const missingLinks = (folder: string): readonly Link[] => {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly Link[];
  return links.filter(({ target }) => lstatSync(join(folder, target), { throwIfNoEntry: false }) === undefined);
};

const copyTo = (folder: string, copy: string): void => {
  // Built aside and renamed, so that processes that start together never use half a copy.
  const building = mkdtempSync(`${copy}-`);
  cpSync(join(folder, 'native'), join(building, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of missingLinks(building))
    symlinkSync(relative(dirname(target), source), join(building, target));
  chmodSync(building, 0o755);
  try {
    renameSync(building, copy);
  } catch (error) {
    rmSync(building, { recursive: true });
    if (!existsSync(copy)) throw error;
  }
};

/** The server's programs, at a place where `account` can run them: where npm put them, or else a copy. */
export const locateBinaries = (account: Account | undefined): Binaries => {
  const folder = packageFolder();
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  const usable =
    (account === undefined || canUseFolder(join(folder, 'native', 'bin'), account)) &&
    missingLinks(folder).length === 0;
  const key = createHash('sha256').update(`${folder} ${version}`).digest('hex').slice(0, 16);
  const copy = join(SHARED_FOLDER, `murmuration-postgres-bin-${key}`);
  if (!usable && !existsSync(copy)) copyTo(folder, copy);
  const bin = join(usable ? folder : copy, 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`), version };
};
