import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What is wrong with a parsed package-lock.json, one sentence each; empty when all is well.
 *
 * `npm install` drops a platform's package in silence when the registry has none of that version, and `npm ci` then refuses
 * the lock on that platform. And a lock that names hosts installs only where those can be reached.
 */
export const flawsOfLock = ({ packages }) =>
  Object.entries(packages).flatMap(([path, entry]) => {
    const missing = Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(packages, path, name));
    return [
      ...missing.map((name) => `${path || 'package.json'} wants ${name}, which is not in the lock`),
      ...(entry.resolved?.includes('://') ? [`${path} names the host it was downloaded from`] : []),
    ];
  });

/** Node looks for a package in the folder of whoever wants it, and then in each folder above. */
const isLocked = (packages, wantedBy, name) => {
  for (let path = wantedBy; ; path = path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1))) {
    if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in packages) return true;
    if (path === '') return false;
  }
};

if (process.argv[1] !== undefined && relative(fileURLToPath(import.meta.url), process.argv[1]) === '') {
  const flaws = flawsOfLock(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  for (const flaw of flaws) process.stdout.write(`package-lock.json: ${flaw}\n`);
  process.exitCode = flaws.length === 0 ? 0 : 1;
}
