// Plants one violation of every architecture rule in a copy of the workspace, lints it with the real rules, and expects exactly
// that finding; beside it the allowed neighbour, which must pass. Ends with `N passed, N failed`.
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { IMPORT_PROBES } from './src/import-probes.mjs';
import { LANGUAGE_PROBES, ROOM_PROBES } from './src/room-probes.mjs';
import { createShadow } from './src/shadow-workspace.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const say = (line) => process.stdout.write(`${line}\n`);

/** Each `*` becomes a name of its own, so that all probes are linted in one run. */
const placed = (probes) =>
  probes.map((probe, index) => ({ ...probe, path: probe.file.replace('*', `probe-${index}`) }));

/** What is wrong, or undefined when the finding is as expected. */
const fault = ({ expected }, findings) => {
  const found = findings.map(({ ruleId, message }) => `${ruleId ?? 'no rule'}: ${message}`);
  if (expected === undefined)
    return found.length === 0 ? undefined : `expected no finding, got\n    ${found.join('\n    ')}`;
  const [only] = findings;
  if (findings.length === 1 && only.ruleId === expected.rule && only.message.includes(expected.says)) return undefined;
  return `expected ${expected.rule} with "${expected.says}", got ${found.length === 0 ? 'nothing' : `\n    ${found.join('\n    ')}`}`;
};

/** Rules of ours, and rows of the table, that no probe breaks. */
const unproven = (probes, { BOUNDARY_ROWS }, { roomsPlugin }) => {
  const broken = probes.flatMap(({ expected }) => (expected === undefined ? [] : [expected]));
  const rules = Object.keys(roomsPlugin.rules).filter((name) => !broken.some(({ rule }) => rule === `rooms/${name}`));
  const rows = BOUNDARY_ROWS.filter(({ sourceTag }) => !broken.some(({ says }) => says.includes(`"${sourceTag}"`)));
  return [...rules.map((name) => `rule rooms/${name}`), ...rows.map(({ sourceTag }) => `row ${sourceTag}`)];
};

const lintShadow = async (shadow, probes) => {
  // nx takes the workspace from the working directory as soon as it is loaded.
  process.chdir(shadow.folder);
  delete process.env.NX_WORKSPACE_ROOT_PATH;
  const load = (path) => import(pathToFileURL(join(shadow.folder, path)).href);
  // Loading the configuration makes the graph of the projects: before anything is planted, since most probes close a ring.
  const { default: config } = await load('eslint.config.mjs');
  for (const { path, code } of probes) shadow.plant(path, code);
  const { ESLint } = await import('eslint');
  const eslint = new ESLint({ cwd: shadow.folder, overrideConfigFile: true, overrideConfig: config });
  const results = await eslint.lintFiles(probes.map(({ path }) => path));
  return {
    findings: new Map(results.map(({ filePath, messages }) => [relative(shadow.folder, filePath), messages])),
    gaps: unproven(probes, await load('tools/lint/boundaries.mjs'), await load('tools/lint/rooms.mjs')),
  };
};

const main = async () => {
  const probes = placed([...IMPORT_PROBES, ...ROOM_PROBES, ...LANGUAGE_PROBES]);
  const shadow = createShadow(ROOT);
  process.once('exit', shadow.remove);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const { findings, gaps } = await lintShadow(shadow, probes);
  const faults = probes.flatMap((probe) => {
    const wrong = fault(probe, findings.get(probe.path) ?? [{ ruleId: null, message: 'the file was not linted' }]);
    return wrong === undefined ? [] : [`${probe.title}: ${wrong}`];
  });
  for (const line of faults) say(`not caught: ${line}`);
  for (const gap of gaps) say(`no probe for ${gap}`);
  say(`${probes.length - faults.length} passed, ${faults.length + gaps.length} failed`);
  return faults.length + gaps.length === 0 ? 0 : 1;
};

process.exitCode = await main();
