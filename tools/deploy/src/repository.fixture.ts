import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReadText } from './render';

export const ROOT = resolve(__dirname, '../../..');

/** The repository's own files. */
export const readText: ReadText = (path) => {
  const file = join(ROOT, path);
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
};

export const textOf = (path: string): string => {
  const text = readText(path);
  if (text === undefined) throw new Error(`${path} is not there`);
  return text;
};

export const foldersOf = (path: string): readonly string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

export const VERSION = (JSON.parse(textOf('package.json')) as { readonly version: string }).version;
