/** Every way in which the store fails as a store. A refusal that the caller must understand is an `AppendVerdict`, never one of these. */
export const EVENT_STORE_ERRORS = {
  overloaded: { retryable: true, meaning: 'too many commands wait to be written; nothing of this one was written' },
  unavailable: {
    retryable: true,
    meaning: 'the database could not be asked within the bounded retries; the outcome is unknown',
  },
  'invalid-request': {
    retryable: false,
    meaning: 'an event cannot be stored as it is: a malformed id, stream id or JSON',
  },
  refused: { retryable: false, meaning: 'the database refused the statement' },
  'not-migrated': { retryable: false, meaning: 'the tables of the event store are missing or old; run the migrations' },
  'log-partitions-differ': {
    retryable: false,
    meaning: 'the store was created with another number of log partitions, which is fixed for ever',
  },
  contended: { retryable: true, meaning: 'other writers kept winning on the same streams; nothing was written' },
  'in-progress': { retryable: true, meaning: 'a command with the same id is being decided right now' },
  'unknown-event': {
    retryable: true,
    meaning: 'newer code than this has stored an event of a type or version that is not known here',
  },
  archived: { retryable: false, meaning: 'the stream is closed for ever' },
  closed: { retryable: false, meaning: 'the store was closed' },
} as const satisfies Record<string, { readonly retryable: boolean; readonly meaning: string }>;

export type EventStoreErrorCode = keyof typeof EVENT_STORE_ERRORS;

export class EventStoreError extends Error {
  override readonly name = 'EventStoreError';
  readonly retryable: boolean;

  constructor(
    readonly code: EventStoreErrorCode,
    detail: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${EVENT_STORE_ERRORS[code].meaning}: ${detail}`, options);
    this.retryable = EVENT_STORE_ERRORS[code].retryable;
  }
}

/** Whether newer code has stored what could not be read, so that a process which runs it can. */
export const isUnknownEvent = (error: unknown): error is EventStoreError =>
  error instanceof EventStoreError && error.code === 'unknown-event';
