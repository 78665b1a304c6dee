export const EMBEDDED_POSTGRES_ERRORS = {
  'unsupported-platform': { retryable: false, meaning: 'there are no PostgreSQL binaries for this platform' },
  'port-in-use': { retryable: false, meaning: 'another process listens on the port' },
  'data-folder-in-use': { retryable: false, meaning: 'a running process already uses this data folder' },
  'data-folder-unusable': { retryable: false, meaning: 'the data folder cannot be used' },
  'start-failed': { retryable: true, meaning: 'PostgreSQL did not start' },
} as const satisfies Record<string, { readonly retryable: boolean; readonly meaning: string }>;

export type EmbeddedPostgresErrorCode = keyof typeof EMBEDDED_POSTGRES_ERRORS;

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly retryable: boolean;

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    detail: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${EMBEDDED_POSTGRES_ERRORS[code].meaning}: ${detail}`, options);
    this.retryable = EMBEDDED_POSTGRES_ERRORS[code].retryable;
  }
}
