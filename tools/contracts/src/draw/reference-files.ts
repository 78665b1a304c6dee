import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SCHEMAS } from './draw';

const REFERENCE = 'docs/reference';

/** How the drawn files differ from those on disk. Paths are below the root of the repository. */
export type Staleness = { readonly outdated: readonly string[]; readonly superfluous: readonly string[] };

/** Files that hold something else than what is drawn, and schemas of events that are no more. */
export const staleness = (root: string, files: ReadonlyMap<string, string>): Staleness => {
  const contentOf = (file: string): string | undefined => {
    const path = join(root, REFERENCE, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const schemas = join(root, REFERENCE, SCHEMAS);
  const written = existsSync(schemas) ? readdirSync(schemas).map((file) => `${SCHEMAS}/${file}`) : [];
  return {
    outdated: [...files]
      .filter(([file, content]) => contentOf(file) !== content)
      .map(([file]) => join(REFERENCE, file)),
    superfluous: written.filter((file) => !files.has(file)).map((file) => join(REFERENCE, file)),
  };
};

/** Brings the files on disk up to date; returns what it had to change. */
export const writeReference = (root: string, files: ReadonlyMap<string, string>): Staleness => {
  const stale = staleness(root, files);
  for (const [file, content] of files) {
    if (!stale.outdated.includes(join(REFERENCE, file))) continue;
    mkdirSync(dirname(join(root, REFERENCE, file)), { recursive: true });
    writeFileSync(join(root, REFERENCE, file), content);
  }
  for (const file of stale.superfluous) rmSync(join(root, file));
  return stale;
};
