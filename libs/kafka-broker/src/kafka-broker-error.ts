/** Every operational failure of this library, and whether trying again may help without anyone changing anything. */
const RETRYABLE = {
  'port-in-use': true,
  'address-not-available': false,
  'data-folder-in-use': true,
  'data-folder-unusable': false,
  'data-damaged': false,
  'storage-failed': true,
  'malformed-request': false,
  'unsupported-request': false,
} as const;

export type KafkaBrokerErrorCode = keyof typeof RETRYABLE;

export class KafkaBrokerError extends Error {
  override readonly name = 'KafkaBrokerError';
  readonly retryable: boolean;

  constructor(
    readonly code: KafkaBrokerErrorCode,
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
    this.retryable = RETRYABLE[code];
  }
}
