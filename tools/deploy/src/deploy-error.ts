export type DeployErrorCode = 'not-in-the-subset' | 'malformed' | 'no-target';

/** The deployment files say something that cannot be rendered. Never retryable: the files are wrong. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
  readonly retryable = false;

  constructor(
    readonly code: DeployErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
