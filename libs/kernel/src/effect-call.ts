import type { Instant } from './instant';

/** A call for a person, by its number. */
export type Raised = { readonly attention: number; readonly reason: string; readonly since: Instant };

/** What a state knows of an external call that its service has made. */
export type EffectCall<Answer extends string> = {
  readonly answer: Answer;
  /** Counts the keys that it was made with, from 1. */
  readonly attempt: number;
  /** The calls for a person that nobody has answered. */
  readonly raised: readonly Raised[];
};

/** A call that was just made. */
export const BEGUN: EffectCall<'awaited'> = { answer: 'awaited', attempt: 1, raised: [] };

export const numbersOf = ({ raised }: Pick<EffectCall<string>, 'raised'>): readonly number[] =>
  raised.map(({ attention }) => attention);

const ATTEMPT_MARK = '#';

/**
 * The idempotency key of one attempt at a call. A call that may have happened keeps its key; one that was refused surely did not, and
 * the other side repeats its refusal for ever, so the next attempt has a key of its own.
 */
export const attemptKey = (plainKey: string, attempt: number): string =>
  attempt === 1 ? plainKey : `${plainKey}${ATTEMPT_MARK}${attempt}`;

/** The key of the first attempt, and which attempt this is; infinite where the key is none of ours. */
export const attemptOf = (key: string): { readonly plainKey: string; readonly attempt: number } => {
  const [plainKey = '', attempt = '1'] = key.split(ATTEMPT_MARK);
  return { plainKey, attempt: /^\d{1,9}$/.test(attempt) ? Number(attempt) : Number.POSITIVE_INFINITY };
};

/** No call with such a key was made yet. */
export const isAhead = (key: string, { attempt }: Pick<EffectCall<string>, 'attempt'>): boolean =>
  attemptOf(key).attempt > attempt;
