import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder upward from `from` that is the root of the repository. */
export const workspaceRoot = (from: string = process.cwd()): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (folder === dirname(folder))
      throw new Error(`${from} is not inside the repository: there is no nx.json above it`);
  }
};
