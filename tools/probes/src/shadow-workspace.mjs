import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const COPIED = ['eslint.config.mjs', 'nx.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'tools/lint'];
const HOSTS = ['apps', 'libs', 'tools'];

/**
 * Projects that only the probes have: rows of the real ones overlap, so that some row can be broken alone, or a ring be
 * closed, only between projects made for it.
 */
const MADE_UP = {
  'libs/made-up/shared-app': { tags: ['type:app', 'scope:shared'] },
  'libs/made-up/elsewhere': { tags: ['type:kernel', 'scope:elsewhere'] },
  'libs/made-up/ring-left': { tags: ['type:app', 'scope:orders'], index: "import '@murmuration/ring-right';" },
  'libs/made-up/ring-right': { tags: ['type:app', 'scope:orders'], index: "import '@murmuration/ring-left';" },
};

/**
 * A copy of this workspace's rules and manifests, with an empty `index.ts` in each project, in a temporary folder: nothing is
 * ever planted in the tree itself, where a build or another test may be under way.
 */
export const createShadow = (root) => {
  const shadow = realpathSync(mkdtempSync(join(tmpdir(), 'murmuration-probes-')));
  symlinkSync(join(root, 'node_modules'), join(shadow, 'node_modules'));
  for (const path of COPIED) cpSync(join(root, path), join(shadow, path), { recursive: true });
  const paths = {};
  for (const host of HOSTS) for (const project of manifestsBelow(root, host)) copyProject(root, shadow, project);
  for (const [project, { tags, index = '' }] of Object.entries(MADE_UP)) {
    const name = project.slice(project.lastIndexOf('/') + 1);
    write(shadow, `${project}/project.json`, JSON.stringify({ name, projectType: 'library', tags }));
    write(shadow, `${project}/src/index.ts`, `${index}\nexport {};\n`);
    paths[`@murmuration/${name}`] = [`./${project}/src/index.ts`];
  }
  const base = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'));
  base.compilerOptions.paths = { ...base.compilerOptions.paths, ...paths };
  write(shadow, 'tsconfig.base.json', JSON.stringify(base));
  return {
    folder: shadow,
    plant: (path, code) => write(shadow, path, code),
    remove: () => rmSync(shadow, { recursive: true, force: true }),
  };
};

const copyProject = (root, shadow, project) => {
  write(shadow, `${project}/project.json`, readFileSync(join(root, project, 'project.json'), 'utf8'));
  write(shadow, `${project}/src/index.ts`, 'export {};\n');
};

function* manifestsBelow(root, folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* manifestsBelow(root, `${folder}/${entry.name}`);
    else if (entry.name === 'project.json') yield folder;
  }
}

const write = (shadow, path, text) => {
  const file = join(shadow, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
