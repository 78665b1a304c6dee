import { HttpException } from '@nestjs/common';
import { EVENT_STORE_ERRORS, EventStoreError, type EventStoreErrorCode } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import { MessagingError } from '@murmuration/messaging';

/** One thing that is wrong with a request: where, what, and what is allowed there. */
export type FieldError = { readonly field: string; readonly message: string; readonly allowed?: string };

/** The body of every answer that is not a success: RFC 9457, with what it takes to mend the request. */
export type Problem = {
  /** `urn:problem-type:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path that was asked for. */
  readonly instance: string;
  readonly correlationId: string;
  readonly errors?: readonly FieldError[];
  /** Why the service's rules refuse the command. */
  readonly rejection?: Message;
};

/** Every problem that is not a refusal of a service's own rules. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'in-progress': { status: 409, title: 'The same request is being decided right now' },
  contended: { status: 409, title: 'Other requests kept winning' },
  archived: { status: 410, title: 'This is closed for ever' },
  'version-differs': { status: 412, title: 'It has changed since it was read' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used with another body' },
  internal: { status: 500, title: 'The service failed' },
  'backlog-full': { status: 503, title: 'Too much waits to be told to the other services' },
  unavailable: { status: 503, title: 'The service cannot answer right now' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

type ProblemDetails = {
  readonly errors?: readonly FieldError[];
  readonly rejection?: Message;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterS?: number;
  /** It goes on for a while, and the log has said so once. */
  readonly isKnown?: boolean;
  readonly cause?: unknown;
};

/** Ends a request with a problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly details: ProblemDetails = {},
  ) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

export const problem = (code: ProblemCode, detail: string, details: ProblemDetails = {}): ProblemError =>
  new ProblemError(PROBLEMS[code].status, code, PROBLEMS[code].title, detail, details);

export const invalidRequest = (errors: readonly FieldError[]): ProblemError =>
  problem('invalid-request', errors.map(sentenceOf).join('; '), { errors });

const sentenceOf = ({ field, message }: FieldError): string => `${field}: ${message}`;

/** `OrderAlreadyClosed` → `order-already-closed`. */
const kebab = (type: string): string => type.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/** A refusal of the service's own rules, e.g. `{ type: 'OrderAlreadyClosed', status: 'shipped' }`. */
export const refusal = (rejection: Message, status: number): ProblemError => {
  const code = kebab(rejection.type);
  const words = code.replaceAll('-', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  const facts = Object.entries(rejection).filter(([name]) => name !== 'type');
  const detail = facts.map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return new ProblemError(status, code, title, detail.length === 0 ? title : `${title}: ${detail.join(', ')}`, {
    rejection,
  });
};

const UNREACHABLE = 'What was heard and parked cannot be looked up right now';
const RETRY_SOON_S = 1;
const RETRY_LATER_S = 5;
/** A broker that is away comes back in minutes rather than seconds, and then as much again must be sent first. */
const RETRY_WHEN_SENT_S = 30;

/** What a failure of the event store means for the one who asked. */
const STORE_PROBLEMS: Readonly<
  Record<EventStoreErrorCode, { readonly code: ProblemCode; readonly retryAfterS?: number }>
> = {
  overloaded: { code: 'unavailable', retryAfterS: RETRY_SOON_S },
  unavailable: { code: 'unavailable', retryAfterS: RETRY_SOON_S },
  contended: { code: 'contended', retryAfterS: RETRY_SOON_S },
  'in-progress': { code: 'in-progress', retryAfterS: RETRY_SOON_S },
  closed: { code: 'unavailable', retryAfterS: RETRY_LATER_S },
  'not-migrated': { code: 'unavailable', retryAfterS: RETRY_LATER_S },
  'log-partitions-differ': { code: 'internal' },
  'invalid-request': { code: 'internal' },
  refused: { code: 'internal' },
  // Until the newer code has taken over everywhere, another replica may know it.
  'unknown-event': { code: 'unavailable', retryAfterS: RETRY_LATER_S },
  archived: { code: 'archived' },
};

/** Where the framework says no more than the name of the status. */
const DETAIL_OF_STATUS: Readonly<Record<number, string>> = {
  415: 'Only a body of the content type application/json is read',
};

const CODE_OF_STATUS: ReadonlyMap<number, ProblemCode> = new Map([
  [400, 'invalid-request'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [408, 'request-timeout'],
  [413, 'body-too-large'],
  [415, 'unsupported-media-type'],
  [503, 'unavailable'],
]);

const ofHttpStatus = (status: number, said: string, cause: unknown): ProblemError => {
  const detail = DETAIL_OF_STATUS[status] ?? said;
  const code = CODE_OF_STATUS.get(status);
  if (code !== undefined) return problem(code, detail, { cause });
  return status < 500
    ? new ProblemError(status, 'invalid-request', PROBLEMS['invalid-request'].title, detail, { cause })
    : internal(cause);
};

/** What failed inside is for the log, never for the one who asked. */
const internal = (cause: unknown): ProblemError =>
  problem('internal', 'The failure was logged under this correlation id', { cause });

export const toProblem = (error: unknown): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (error instanceof EventStoreError) {
    const { code, retryAfterS } = STORE_PROBLEMS[error.code];
    if (code === 'internal') return internal(error);
    // The meaning alone: what the database said may name hosts and tables.
    return problem(code, EVENT_STORE_ERRORS[error.code].meaning, {
      cause: error,
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
    });
  }
  if (error instanceof MessagingError && error.code === 'backlog-full')
    return problem('backlog-full', error.message, { cause: error, retryAfterS: RETRY_WHEN_SENT_S, isKnown: true });
  if (error instanceof MessagingError && (error.retryable || error.code === 'closed'))
    return problem('unavailable', UNREACHABLE, { cause: error, retryAfterS: RETRY_SOON_S });
  if (error instanceof HttpException) return ofHttpStatus(error.getStatus(), error.message, error);
  return internal(error);
};

export const documentOf = (
  { status, code, title, message, details }: ProblemError,
  instance: string,
  correlationId: string,
): Problem => ({
  type: `urn:problem-type:${code}`,
  title,
  status,
  detail: message,
  instance,
  correlationId,
  ...(details.errors === undefined ? {} : { errors: details.errors }),
  ...(details.rejection === undefined ? {} : { rejection: details.rejection }),
});
