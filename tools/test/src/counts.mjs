import { readFileSync, rmSync } from 'node:fs';

/** What a run of Jest comes to. A skipped test and a file that could not be run are failures: nothing here passes unproven. */
export const countJest = (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests + report.numRuntimeErrorTestSuites + report.numPendingTests + report.numTodoTests,
});

/** Reads a report that Jest wrote, and removes it. Without one Jest itself has failed, which counts as one. */
export const countJestFile = (path) => {
  try {
    return countJest(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error.code === 'ENOENT') return { passed: 0, failed: 1 };
    throw error;
  } finally {
    rmSync(path, { force: true });
  }
};

const SUMMARY = /^(\d+) passed, (\d+) failed$/m;

/** What a script says in its own line `N passed, N failed`; a script that says nothing has failed. */
export const countSummary = (output) => {
  const found = SUMMARY.exec(output);
  return found === null ? { passed: 0, failed: 1 } : { passed: Number(found[1]), failed: Number(found[2]) };
};

/** A check as a whole is one. */
export const countCheck = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** The counts of all steps, where a step that ended badly with nothing failed counts as one failure. */
export const total = (outcomes) =>
  outcomes.reduce(
    (sum, { code, passed, failed }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + (code !== 0 && failed === 0 ? 1 : failed),
    }),
    { passed: 0, failed: 0 },
  );
