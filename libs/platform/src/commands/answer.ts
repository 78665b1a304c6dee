import type { Message } from '@murmuration/kernel';

/** What a controller hands back: an aggregate at a version, or why the command is refused. Shown by the view of its route. */
export class Answer<State = unknown, Rejection extends Message = Message> {
  private constructor(
    readonly found:
      | { readonly kind: 'state'; readonly streamId: string; readonly version: number; readonly state: State }
      | { readonly kind: 'rejected'; readonly rejection: Rejection },
  ) {}

  static state<State>(streamId: string, version: number, state: State): Answer<State, never> {
    return new Answer<State, never>({ kind: 'state', streamId, version, state });
  }

  static rejected<Rejection extends Message>(rejection: Rejection): Answer<never, Rejection> {
    return new Answer<never, Rejection>({ kind: 'rejected', rejection });
  }
}
