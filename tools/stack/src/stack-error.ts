/** A reason why the stack cannot start or go on, as one line for the person in front of it. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
