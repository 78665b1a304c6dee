import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOTS = ['apps', 'libs', 'tools'];
const SINGLE_FILES = ['package-lock.json', 'tsconfig.base.json'];
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist']);
const SOURCE = /\.(ts|tsx|mjs|cjs|json|sql)$/;
const TEST = /\.(spec|contract)\.ts$/;

/** A hash over path, size and time of change of everything that a bundle may be made of. */
export const sourceHash = (root) => {
  const hash = createHash('sha256');
  const add = (path) => {
    const { mtimeMs, size } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const path of SINGLE_FILES) add(path);
  for (const folder of ROOTS) for (const path of sourcesBelow(root, folder)) add(path);
  return hash.digest('hex');
};

function* sourcesBelow(root, folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) yield* sourcesBelow(root, path);
    } else if (SOURCE.test(entry.name) && !TEST.test(entry.name)) yield path;
  }
}

const stampOf = (root) => join(root, 'dist/.build-hash');

export const isFresh = (root, hash) => existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === hash;

export const markFresh = (root, hash) => {
  mkdirSync(dirname(stampOf(root)), { recursive: true });
  writeFileSync(stampOf(root), hash);
};
