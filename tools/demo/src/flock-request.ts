import { setTimeout as pause } from 'node:timers/promises';
import { DemoError } from './demo-error';

/** RFC 9457, as the services tell it. */
export type Problem = {
  readonly type?: string;
  readonly detail?: string;
  readonly rejection?: { readonly type: string };
};

/** How a request ended: its body, or the problem that the service told. */
export type Answer<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

export type Request = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The same for every repetition. */
  readonly idempotencyKey?: string;
  readonly body?: unknown;
};

export type Patience = {
  /** How long a service may be away. */
  readonly patienceMs: number;
  /** Ends all waiting. */
  readonly signal?: AbortSignal;
};

const ATTEMPT_PAUSE_MS = 250;
const REQUEST_TIMEOUT_MS = 10_000;

/** Other requests have to be done first, or the service is overloaded or not up yet. */
const BUSY = new Set(['urn:problem-type:in-progress', 'urn:problem-type:contended']);
const UNAVAILABLE = 503;

const asksToComeBack = <Body>(answer: Answer<Body>): boolean =>
  !answer.ok && (answer.status === UNAVAILABLE || BUSY.has(answer.problem.type ?? ''));

/** Does the work under a signal that is aborted with the given one, or when the work takes too long. */
const within = async <Result>(
  durationMs: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const limit = new AbortController();
  const abort = (): void => limit.abort(signal?.reason);
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${durationMs} ms`)), durationMs);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
};

const send = async <Body>(
  url: string,
  { method, path, idempotencyKey, body }: Request,
  limit: AbortSignal,
): Promise<Answer<Body>> => {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: limit,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answered: unknown = text === '' ? {} : JSON.parse(text);
  return response.ok
    ? { ok: true, body: answered as Body }
    : { ok: false, status: response.status, problem: answered as Problem };
};

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly code?: string } };
  return cause?.code ?? message ?? String(error);
};

/**
 * Sends a request that may be repeated, to one replica after another, until it is answered. Rejects with a `DemoError`
 * (`flock-unreachable`) when nobody answers for longer than the patience lasts, and with the signal's reason when it is aborted.
 */
export const requestPersistently = async <Body>(
  replica: () => string,
  request: Request,
  { patienceMs, signal }: Patience,
): Promise<Answer<Body>> => {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const url = replica();
    const isLastAttempt = performance.now() >= giveUpAtMs;
    try {
      const answer = await within(REQUEST_TIMEOUT_MS, signal, (limit) => send<Body>(url, request, limit));
      if (!asksToComeBack(answer) || isLastAttempt) return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (isLastAttempt)
        throw new DemoError('flock-unreachable', `${url} does not answer (${reasonOf(error)})`, { cause: error });
    }
    await pause(ATTEMPT_PAUSE_MS, undefined, { ...(signal === undefined ? {} : { signal }) }).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      },
    );
  }
};
