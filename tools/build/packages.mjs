import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnProgram } from './spawn-tool.mjs';

const MARKER = 'node_modules/.murmuration-lock-hash';

/** Installs the packages of package-lock.json unless they are there. Resolves to the exit code of `npm ci`, 0 when nothing was to do. */
export const ensurePackages = async (root, say, install = npmCi) => {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const marker = join(root, MARKER);
  if (readIfThere(marker) === hash) return 0;
  if (!isInstalled(root, JSON.parse(lock.toString('utf8')))) {
    say('installing packages (npm ci), since node_modules does not match package-lock.json');
    const code = await install();
    if (code !== 0) return code;
  }
  writeFileSync(marker, hash);
  return 0;
};

const npmCi = () => spawnProgram({ command: 'npm', args: ['ci', '--no-progress', '--loglevel=error'] });

/** Whether npm's own record of what it installed names every package of the lock, less those of other platforms. */
const isInstalled = (root, lock) => {
  const record = readIfThere(join(root, 'node_modules/.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '') return true;
    const there = installed[path];
    return there === undefined ? wanted.optional === true : there.version === wanted.version;
  });
};

const readIfThere = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
