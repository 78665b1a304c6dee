/** Every way in which messaging fails as messaging. What the caller must understand is a verdict, never one of these. */
export const MESSAGING_ERRORS = {
  unavailable: { retryable: true, meaning: 'the broker or the database could not be asked; the outcome is unknown' },
  'partitions-differ': {
    retryable: false,
    meaning: 'a topic has another number of partitions than its contract, which is fixed for ever',
  },
  'topic-missing': { retryable: true, meaning: 'a topic is not there and could not be created' },
  'backlog-full': {
    retryable: true,
    meaning: 'too many stored events wait to be sent to the broker; nothing new was begun',
  },
  refused: { retryable: false, meaning: 'the broker or the database refused the request' },
  closed: { retryable: false, meaning: 'it was stopped' },
} as const satisfies Record<string, { readonly retryable: boolean; readonly meaning: string }>;

export type MessagingErrorCode = keyof typeof MESSAGING_ERRORS;

export class MessagingError extends Error {
  override readonly name = 'MessagingError';
  readonly retryable: boolean;

  constructor(
    readonly code: MessagingErrorCode,
    detail: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${MESSAGING_ERRORS[code].meaning}: ${detail}`, options);
    this.retryable = MESSAGING_ERRORS[code].retryable;
  }
}
