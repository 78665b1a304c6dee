import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countCheck, countJest, countJestFile, countSummary, total } from './counts.mjs';

const report = {
  numPassedTests: 10,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

describe('the counts of a test run', () => {
  it('count a skipped test, a planned one and a file that could not be run as failures', () => {
    expect(countJest(report)).toEqual({ passed: 10, failed: 0 });
    const bad = { numFailedTests: 1, numRuntimeErrorTestSuites: 2, numPendingTests: 3, numTodoTests: 4 };
    expect(countJest({ ...report, ...bad })).toEqual({ passed: 10, failed: 10 });
  });

  it('count a run that left no report as one failure', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'counts-')), 'report.json');
    writeFileSync(path, JSON.stringify(report));
    expect(countJestFile(path)).toEqual({ passed: 10, failed: 0 });
    expect(countJestFile(path)).toEqual({ passed: 0, failed: 1 });
  });

  it('read the summary line of a script, and count a script without one as one failure', () => {
    expect(countSummary('probe a: caught\n41 passed, 2 failed\n')).toEqual({ passed: 41, failed: 2 });
    expect(countSummary('out of memory')).toEqual({ passed: 0, failed: 1 });
  });

  it('add up, and never call a step that ended badly a success', () => {
    expect(countCheck(0)).toEqual({ passed: 1, failed: 0 });
    expect(countCheck(2)).toEqual({ passed: 0, failed: 1 });
    const outcomes = [
      { code: 0, passed: 1, failed: 0 },
      { code: 1, passed: 40, failed: 2 },
      { code: 137, passed: 5, failed: 0 },
    ];
    expect(total(outcomes)).toEqual({ passed: 46, failed: 3 });
  });
});
