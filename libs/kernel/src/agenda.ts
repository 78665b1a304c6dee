import type { Instant } from './instant';

/**
 * What a stored event means for the work that its service must still do. Open effects and deadlines are tables projected
 * from the service's own log by this, and can be rebuilt from it.
 */
export type AgendaChange<Effect> =
  /**
   * An external call is intended. `key` identifies it for ever, at the other side too. With `askFirst` it may have been made
   * before: the other side is asked by the key how that ended, and called only when it never heard of it.
   */
  | { readonly type: 'effect-opened'; readonly key: string; readonly effect: Effect; readonly askFirst?: true }
  | { readonly type: 'effect-closed'; readonly key: string }
  /** A wait has begun that must not outlast `dueAt`. Setting a key again replaces its instant. */
  | { readonly type: 'deadline-set'; readonly key: string; readonly dueAt: Instant }
  | { readonly type: 'deadline-cleared'; readonly key: string };

/** The answer of the other side to an external call or to the question how it ended. */
export type EffectOutcome<Result> =
  | { readonly outcome: 'done'; readonly result: Result }
  | { readonly outcome: 'refused'; readonly reason: string }
  /** It may or may not have happened: ask by key before doing anything else. */
  | { readonly outcome: 'unknown'; readonly reason: string }
  /** It surely did not happen and may be tried again with the same key. */
  | { readonly outcome: 'not-yet'; readonly reason: string };

/** What a query by key tells: an outcome, or that the other side never heard of the key. */
export type QueryOutcome<Result> = EffectOutcome<Result> | { readonly outcome: 'not-found' };

/** How one kind of external call is made and asked about. Neither ever throws for what the other side says. */
export type EffectPort<Effect, Result> = {
  perform(key: string, effect: Effect): Promise<EffectOutcome<Result>>;
  query(key: string, effect: Effect): Promise<QueryOutcome<Result>>;
};

/** What a service's rules are told of an effect in the end: `gave-up` after its time budget went by without a clear answer. */
export type SettledEffect<Result> =
  | Extract<EffectOutcome<Result>, { outcome: 'done' | 'refused' }>
  | { readonly outcome: 'gave-up'; readonly reason: string };

/** A service's pure side of its external calls and deadlines. */
export type Agenda<Event, Command, Effect, Result> = {
  readonly changesOf: (event: Event) => readonly AgendaChange<Effect>[];
  readonly settle: (
    effect: { readonly key: string; readonly effect: Effect },
    outcome: SettledEffect<Result>,
    now: Instant,
  ) => Command;
  readonly fire: (deadline: { readonly key: string; readonly dueAt: Instant }, now: Instant) => Command;
};
