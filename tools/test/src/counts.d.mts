export type Counts = { readonly passed: number; readonly failed: number };

export type JestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
};

export declare const countJest: (report: JestReport) => Counts;
export declare const countJestFile: (path: string) => Counts;
export declare const countSummary: (output: string) => Counts;
export declare const countCheck: (code: number) => Counts;
export declare const total: (outcomes: readonly (Counts & { readonly code: number })[]) => Counts;
