import { setTimeout as pause } from 'node:timers/promises';

export type EventuallyOptions = {
  /** What is waited for, as it reads in "expected … within 5000 ms". */
  readonly expectation?: string;
  /** 10 s by default. */
  readonly timeoutMs?: number;
  /** 20 ms by default. */
  readonly intervalMs?: number;
};

/**
 * Asks again until the answer is truthy, and returns it. An exception counts as "not yet", so that the question may hold
 * `expect`s; the last one is the `cause` of the error at the end.
 */
export const eventually = async <T>(question: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> => {
  const { expectation = 'the condition to hold', timeoutMs = 10_000, intervalMs = 20 } = options;
  const askUntilMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask(question);
    if ('value' in answer && answer.value) return answer.value;
    if (performance.now() >= askUntilMs) throw notInTime(`expected ${expectation} within ${timeoutMs} ms`, answer);
    await pause(intervalMs);
  }
};

type Answer<T> = { readonly value: T } | { readonly failure: unknown };

const ask = async <T>(question: () => T | Promise<T>): Promise<Answer<T>> => {
  try {
    return { value: await question() };
  } catch (failure) {
    return { failure };
  }
};

const notInTime = (message: string, last: Answer<unknown>): Error => {
  if ('value' in last) return new Error(`${message}; the last answer was ${JSON.stringify(last.value)}`);
  const reason = last.failure instanceof Error ? last.failure.message : JSON.stringify(last.failure);
  return new Error(`${message}; the last try failed: ${reason}`, { cause: last.failure });
};
