// node tools/build/build.mjs <projectRoot…> | --all
//
// Bundles projects to dist/<projectRoot>/main.js: npm packages stay outside, the rooms of this repository go in.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFresh, markFresh, sourceHash } from './freshness.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * Builds every project unless nothing changed since. Resolves to the projects that could not be built. The
 * bundler is loaded only when there is something to do, which keeps a start that is up to date quick.
 */
export const buildAll = async (say) => {
  const hash = sourceHash(ROOT);
  if (isFresh(ROOT, hash)) return [];
  const startedMs = performance.now();
  const { bundledProjects } = await import('./bundle.mjs');
  const projects = bundledProjects(ROOT);
  const written = projects.filter(({ entries }) => entries.length > 0);
  const missing = projects.filter(({ entries }) => entries.length === 0).map(({ project }) => project);
  if (missing.length > 0) say(`not built, since there is no src/main.ts: ${missing.join(', ')}`);
  const failed = await buildProjects(written);
  if (failed.length === 0) markFresh(ROOT, hash);
  say(
    `built ${written.length - failed.length} of ${written.length} bundles in ${Math.round(performance.now() - startedMs)} ms`,
  );
  return failed;
};

const buildProjects = async (projects) => {
  const { bundle } = await import('./bundle.mjs');
  const outcomes = await Promise.all(
    projects.map(async ({ project, entries }) => ({ project, errors: await bundle(ROOT, project, entries) })),
  );
  for (const { errors } of outcomes) for (const error of errors) process.stderr.write(error);
  return outcomes.filter(({ errors }) => errors.length > 0).map(({ project }) => project);
};

const main = async (args) => {
  const say = (line) => process.stdout.write(`${line}\n`);
  if (args.length === 0) throw new Error('usage: node tools/build/build.mjs <projectRoot…> | --all');
  if (args.includes('--all')) return buildAll(say);
  const { entriesOf } = await import('./bundle.mjs');
  return buildProjects(
    args.map((project) => {
      const entries = entriesOf(ROOT, project);
      if (entries.length === 0) throw new Error(`${project}/src/main.ts is not there`);
      return { project, entries };
    }),
  );
};

if (process.argv[1] !== undefined && relative(fileURLToPath(import.meta.url), process.argv[1]) === '') {
  const failed = await main(process.argv.slice(2));
  process.exitCode = failed.length === 0 ? 0 : 1;
}
