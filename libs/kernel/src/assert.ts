export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/** States what the code relies on. A failure is a bug in this code, never bad input, and is not to be caught. */
export function assert(condition: unknown, expectation: string): asserts condition {
  if (!condition) throw new AssertionFailed(`expected: ${expectation}`);
}

/** Ends a `switch` over a union: does not compile while a case is missing. */
export const unreachable = (value: never): never => {
  throw new AssertionFailed(`expected: no such case, got ${JSON.stringify(value)}`);
};
