// npm test: every check and every test, each as a step; goes on after a failure, so that one run tells everything.
//
//   --only lint,jest   runs these steps alone
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countCheck, countSummary, total } from './src/counts.mjs';
import { runJest } from './src/jest.mjs';
import { endSteps, runScript } from './src/step.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const CACHE = join(ROOT, 'node_modules/.cache');

const bin = (path) => join(ROOT, 'node_modules', path);
const say = (line) => process.stdout.write(`${line}\n`);

const check = async (script, args) => {
  const { code, output, durationMs } = await runScript(script, args);
  return { code, output, durationMs, ...countCheck(code) };
};

const probes = async () => {
  const { code, output, durationMs } = await runScript(join(ROOT, 'tools/probes/run.mjs'), []);
  return { code, output, durationMs, ...countSummary(output) };
};

const STEPS = {
  lock: { title: 'lock file', run: () => check(join(ROOT, 'tools/test/src/lock-file.mjs'), []) },
  format: {
    title: 'formatting',
    run: () =>
      check(bin('prettier/bin/prettier.cjs'), [
        '--check',
        '--log-level=warn',
        '--cache',
        `--cache-location=${join(CACHE, 'prettier/cache')}`,
        '.',
      ]),
  },
  build: { title: 'build', run: () => check(join(ROOT, 'tools/build/build.mjs'), ['--all']) },
  types: { title: 'type check', run: () => check(bin('typescript/bin/tsc'), ['--noEmit', '-p', 'tsconfig.json']) },
  lint: { title: 'lint', run: () => check(bin('eslint/bin/eslint.js'), ['--max-warnings=0', '.']) },
  contracts: {
    title: 'check of the choreography',
    run: () => check(join(ROOT, 'dist/tools/contracts/main.js'), ['check']),
  },
  jest: { title: 'unit, conformance and integration tests', run: () => runJest(ROOT, [], (line) => say(`  ${line}`)) },
  probes: { title: 'probes of the architecture rules', run: probes },
};

/** Run side by side on two cores; within a lane one after the other. */
const LANES = [
  ['lock', 'format', 'types', 'lint', 'probes'],
  ['build', 'contracts', 'jest'],
];

const runStep = async (name) => {
  const { title, run } = STEPS[name];
  const outcome = await run();
  const good = outcome.code === 0 && outcome.failed === 0;
  if (!good) say(outcome.output.trimEnd());
  const counted =
    outcome.passed + outcome.failed > 1 ? `, ${outcome.passed} of ${outcome.passed + outcome.failed}` : '';
  say(`${good ? 'ok  ' : 'FAIL'} ${title}${counted} (${(outcome.durationMs / 1000).toFixed(1)} s)`);
  return { title, ...outcome };
};

const runLane = async (names, isStopped) => {
  const outcomes = [];
  for (const name of names) if (!isStopped()) outcomes.push(await runStep(name));
  return outcomes;
};

const chosenSteps = (args) => {
  const only = args.indexOf('--only');
  const unknownArgs = args.filter((_, index) => only === -1 || (index !== only && index !== only + 1));
  if (unknownArgs.length > 0) throw new Error(`npm test takes --only <steps>, not ${unknownArgs.join(' ')}`);
  if (only === -1) return Object.keys(STEPS);
  const names = (args[only + 1] ?? '').split(',');
  const unknown = names.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) throw new Error(`there is no step "${unknown[0]}", only ${Object.keys(STEPS).join(', ')}`);
  return names;
};

const main = async (args) => {
  const chosen = chosenSteps(args);
  mkdirSync(CACHE, { recursive: true });
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      stopped = true;
      endSteps();
    });
  const lanes = await Promise.all(
    LANES.map((lane) =>
      runLane(
        lane.filter((name) => chosen.includes(name)),
        () => stopped,
      ),
    ),
  );
  const outcomes = lanes.flat();
  const failures = outcomes.filter(({ code, failed }) => code !== 0 || failed > 0);
  for (const { title } of failures) say(`failed: ${title}`);
  const { passed, failed } = total(outcomes);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
