import { transform } from '@swc/core';
import * as esbuild from 'esbuild';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders whose projects run on their own, and so are bundled. */
const HOSTS = ['apps', 'tools'];

/** `main.ts`, and `<part>.main.ts` for a worker or a second process of the same project. */
const ENTRY = /^(?:[a-z0-9-]+\.)?main\.ts$/;

/** Every project that may be bundled, with its entries; a project that has none yet has an empty list. */
export const bundledProjects = (root) =>
  HOSTS.flatMap((host) =>
    readdirSync(join(root, host), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && hasBuildTarget(root, `${host}/${entry.name}`))
      .map((entry) => ({ project: `${host}/${entry.name}`, entries: entriesOf(root, `${host}/${entry.name}`) })),
  );

export const entriesOf = (root, project) => {
  const sources = join(root, project, 'src');
  return existsSync(sources) ? readdirSync(sources).filter((file) => ENTRY.test(file)) : [];
};

const hasBuildTarget = (root, project) => {
  const manifest = join(root, project, 'project.json');
  return existsSync(manifest) && 'build' in JSON.parse(readFileSync(manifest, 'utf8')).targets;
};

/** Bundles one project to `dist/<project>/<entry>.js`. Resolves to esbuild's errors, none when it worked. */
export const bundle = async (root, project, entries) => {
  const outdir = join(root, 'dist', project);
  await rm(outdir, { recursive: true, force: true });
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: entries.map((entry) => join(root, project, 'src', entry)),
      outdir,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      packages: 'external',
      tsconfig: join(root, 'tsconfig.base.json'),
      sourcemap: 'linked',
      sourcesContent: false,
      // Objects are spread all over the code; this writes those spreads out, which spares a tenth of the CPU time.
      minifySyntax: true,
      logLevel: 'silent',
      plugins: [decorators],
    });
    return [];
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    return esbuild.formatMessages(error.errors, { kind: 'error', color: process.stderr.isTTY === true });
  }
};

/** One transformation per source file, however many bundles it ends up in. */
const transformed = new Map();

/** esbuild emits no decorator metadata, which Nest's injection and TypeORM's entities live on; SWC does. */
const decorators = {
  name: 'decorators',
  setup: (build) => {
    build.onLoad({ filter: /\.tsx?$/, namespace: 'file' }, ({ path }) => {
      if (!transformed.has(path)) transformed.set(path, toJavaScript(path));
      return transformed.get(path);
    });
  },
};

const toJavaScript = async (path) => {
  const source = await readFile(path, 'utf8');
  try {
    const { code } = await transform(source, {
      filename: path,
      swcrc: false,
      configFile: false,
      sourceMaps: 'inline',
      inlineSourcesContent: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', tsx: path.endsWith('x'), decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
      module: { type: 'es6' },
    });
    return { contents: code, loader: 'js' };
  } catch (error) {
    return { errors: [{ text: error.message, location: { file: path } }] };
  }
};
