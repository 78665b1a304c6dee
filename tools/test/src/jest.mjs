import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { countJestFile } from './counts.mjs';
import { runScript } from './step.mjs';

const WORKERS = 2;

/**
 * Runs Jest; `say` gets a line per file that is done. Resolves to `{ code, output, durationMs, passed, failed }`, where the
 * output ends with the files that were not finished when Jest had to be ended.
 */
export const runJest = async (root, args, say) => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const report = join(cache, `jest-report-${process.pid}.json`);
  const reporters = ['--reporters=default', `--reporters=${join(root, 'tools/test/src/progress.reporter.cjs')}`];
  const unfinished = new Set();
  const onLine = (line) => {
    const [, event, file] = /^(started|finished) (\S+\.spec\.ts)$/.exec(line) ?? [];
    if (event === 'started') unfinished.add(file);
    if (event === 'finished') unfinished.delete(file);
    if (/^\S*(PASS|FAIL)\S* /.test(line)) say(line);
  };
  const { code, output, durationMs } = await runScript(
    join(root, 'node_modules/jest/bin/jest.js'),
    ['--ci', `--maxWorkers=${WORKERS}`, '--json', `--outputFile=${report}`, ...reporters, ...args],
    { onLine },
  );
  const stuck = [...unfinished].map((file) => `not finished: ${file}\n`).join('');
  return {
    code,
    output: `${output.replaceAll(/^(started |finished |\S*PASS).*\n/gm, '')}${stuck}`,
    durationMs,
    ...countJestFile(report),
  };
};
