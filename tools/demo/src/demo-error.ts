/** Why a demo cannot begin or go on. */
export const DEMO_ERRORS = {
  'file-unusable': { retryable: false },
  'flock-unreachable': { retryable: true },
  'flock-refused': { retryable: false },
} as const satisfies Record<string, { readonly retryable: boolean }>;

export type DemoErrorCode = keyof typeof DEMO_ERRORS;

/** The message is one line for the person in front of it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly retryable: boolean;

  constructor(
    readonly code: DemoErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.retryable = DEMO_ERRORS[code].retryable;
  }
}
