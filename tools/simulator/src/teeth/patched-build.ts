import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { patched, type Bug } from './bug';

/** The entry of what hunts for a bug, which is all that is built with it. */
const ENTRY = 'tools/simulator/src/teeth/hunt.entry.ts';

/** Builds the simulator with the bug in it, or as it is without one, to the text of one CommonJS script. */
export const buildWith = async (root: string, bug: Bug | undefined): Promise<string> => {
  // Loaded only here, since it takes long and no other command of the simulator builds anything.
  const { build } = await import('esbuild');
  const files = new Set(bug?.edits.map(({ file }) => file));
  const { outputFiles } = await build({
    ...{ absWorkingDir: root, entryPoints: [join(root, ENTRY)], tsconfig: join(root, 'tsconfig.base.json') },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', packages: 'external' },
    ...{ write: false, logLevel: 'silent' },
    plugins: [
      {
        name: 'planted-bug',
        setup: (plugged) => {
          plugged.onLoad({ filter: /\.ts$/, namespace: 'file' }, async ({ path }) => {
            const file = relative(root, path).split(sep).join('/');
            if (bug === undefined || !files.has(file)) return undefined;
            return { contents: patched(await readFile(path, 'utf8'), file, bug), loader: 'ts' };
          });
        },
      },
    ],
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error(`nothing was built of ${ENTRY}`);
  return script.text;
};
