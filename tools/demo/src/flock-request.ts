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

const send = async <Body>(
  url: string,
  { method, path, idempotencyKey, body }: Request,
  signal: AbortSignal | undefined,
): Promise<Answer<Body>> => {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const response = await fetch(`${url}${path}`, {
    method,
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
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
      const answer = await send<Body>(url, request, signal);
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
