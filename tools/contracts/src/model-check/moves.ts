import { paymentAuthorized, shipmentDispatched, type Heard } from '@murmuration/contracts';
import { plusMs, type EffectOutcome, type Instant, type Message, type SettledEffect } from '@murmuration/kernel';
import { appended, decideOn, NOON, withHeard, withSpent, type ActorState, type Recording } from './actor-state';
import type { MessageId } from './message-book';
import type { RuleBook } from './rules';

/** How often trouble may come, per run and actor. */
export type Bounds = {
  /** Repeated deliveries that change something; those that change nothing are without number. */
  readonly redeliveriesMax: number;
  /** Calls to the partner that are given up unanswered. */
  readonly giveUpsMax: number;
};

export const BOUNDS: Bounds = { redeliveriesMax: 1, giveUpsMax: 0 };

/** Something that people outside may ask for at any moment; `timesMax` where each time may change something. */
export type Wish = {
  readonly name: string;
  readonly by: string;
  readonly command: Message;
  readonly timesMax?: number;
};

/** Later than anything was agreed for. */
const LATE = plusMs(NOON, 60 * 24 * 60 * 60 * 1000);

/** What happens to an actor. */
export type Input =
  | { readonly type: 'heard' | 'heard-again'; readonly message: MessageId }
  | { readonly type: 'call' | 'call-unheard' | 'report' | 'give-up' | 'fire'; readonly key: string }
  | { readonly type: 'visit'; readonly name: string }
  | { readonly type: 'wish'; readonly wish: Wish };

/** A step that an actor may take. One that is due is taken sooner or later, the others perhaps never. */
export type Move = { readonly input: Input; readonly isDue: boolean } & (
  | { readonly after: ActorState; readonly flaw?: never }
  /** What is wrong with it, whatever comes later. */
  | { readonly flaw: string; readonly after?: never }
);

export type Role = { readonly rules: RuleBook; readonly orderId: string; readonly wishes: readonly Wish[] };

type Outcome =
  { readonly after: ActorState; readonly flaw?: never } | { readonly flaw: string; readonly after?: never };

/** Runs code of a service. Whatever it throws, production would crash, or park what it heard. */
const uncrashed = (attempt: () => Outcome): Outcome => {
  try {
    return attempt();
  } catch (error) {
    return { flaw: `crashes: ${String(error)}` };
  }
};

export const movesFor = ({ rules, orderId, wishes }: Role, recording: Recording, bounds: Bounds) => {
  const { book } = recording;
  const { partner, agenda, reactions, service } = rules;
  const commandsOfMessage = new Map<
    MessageId,
    { readonly commands: readonly Message[]; readonly stale: ReadonlySet<string> }
  >();

  /** The state after a command that was refused, or led to nothing, is the state before. */
  const told = (state: ActorState, command: Message): Outcome =>
    uncrashed(() => ({ after: appended(rules, state, decideOn(rules, state, command).accepted ?? [], recording) }));

  const reactionTo = (message: MessageId) => {
    const known = commandsOfMessage.get(message);
    if (known !== undefined) return known;
    const { event } = book.at(message);
    const reaction = reactions.get(event.name);
    const heard = {
      ...event,
      id: String(message),
      source: event.name,
      subject: orderId,
      time: NOON,
    } as unknown as Heard; // because no reaction looks at the path of an event
    const made = { commands: reaction?.react(heard, NOON) ?? [], stale: reaction?.stale ?? new Set<string>() };
    commandsOfMessage.set(message, made);
    return made;
  };

  const reacted = (state: ActorState, message: MessageId): Outcome =>
    uncrashed(() => {
      const { commands, stale } = reactionTo(message);
      let after = state;
      for (const command of commands) {
        const { accepted, rejected } = decideOn(rules, after, command);
        if (rejected && !stale.has(rejected.type))
          return {
            flaw: `${service} would park ${book.at(message).event.name}: ${command.type} is refused as ${rejected.type}`,
          };
        after = appended(rules, after, accepted ?? [], recording);
      }
      return { after };
    });

  const hear = (state: ActorState, message: MessageId): Move => {
    const outcome = reacted(state, message);
    const input = { type: 'heard', message } as const;
    return outcome.after === undefined
      ? { input, isDue: true, flaw: outcome.flaw }
      : { input, isDue: true, after: withHeard(outcome.after, message) };
  };

  const hearAgain = (state: ActorState): readonly Move[] =>
    state.heard.flatMap((message) => {
      const outcome = reacted(state, message);
      if (outcome.after === state) return [];
      if ((state.spent['redeliveries'] ?? 0) >= bounds.redeliveriesMax) return [];
      return [optional({ type: 'heard-again', message }, spentOn('redeliveries', outcome))];
    });

  const settled = (state: ActorState, key: string, effect: Message, outcome: SettledEffect<unknown>): Outcome =>
    uncrashed(() => {
      const outcomeTold = told(state, agenda.settle({ key, effect }, outcome, state.clock));
      return outcomeTold.after?.calls[key]?.isOpen
        ? { flaw: `I4: ${service} has heard what became of ${key}, ${outcome.outcome}, and waits for it all the same` }
        : outcomeTold;
    });

  const call = (state: ActorState): readonly Move[] =>
    partner === undefined
      ? []
      : Object.entries(state.calls).flatMap(([key, { effect, isOpen }]): readonly Move[] => {
          const answer = clear(partner.query(state.books, key));
          const { books, outcome } = partner.perform(state.books, key, effect, state.clock);
          const reached = answer === undefined ? { ...state, books } : state;
          const heardOf = clear(outcome);
          return [
            ...(isOpen
              ? [due({ type: 'call', key }, heardOf ? settled(reached, key, effect, heardOf) : { after: reached })]
              : []),
            ...(answer === undefined ? [optional({ type: 'call-unheard', key }, { after: reached })] : []),
            ...(answer === undefined ? [] : [optional({ type: 'report', key }, settled(state, key, effect, answer))]),
            ...(isOpen && (state.spent['give-ups'] ?? 0) < bounds.giveUpsMax
              ? [
                  optional(
                    { type: 'give-up', key },
                    spentOn('give-ups', settled(state, key, effect, { outcome: 'gave-up', reason: 'no answer' })),
                  ),
                ]
              : []),
          ];
        });

  const fire = (state: ActorState): readonly Move[] =>
    Object.entries(state.deadlines).flatMap(([key, { dueAt, isSet, superseded }]) => [
      { input: { type: 'fire', key }, isDue: isSet, ...firedAt(state, key, dueAt) },
      ...superseded.map((earlier) => optional({ type: 'fire', key }, enforcingNothing(state, key, earlier))),
    ]);

  const firedAt = (state: ActorState, key: string, dueAt: Instant): Outcome => {
    const clock = partner !== undefined && dueAt > state.clock ? dueAt : state.clock;
    return unlessIdle(
      state,
      uncrashed(() => told({ ...state, clock }, agenda.fire({ key, dueAt }, dueAt))),
    );
  };

  const enforcingNothing = (state: ActorState, key: string, dueAt: Instant): Outcome => {
    const fired = firedAt(state, key, dueAt);
    return fired.after === undefined || fired.after === state
      ? fired
      : { flaw: `I4: ${service} enforces a deadline that a later one has taken the place of` };
  };

  /** Until when what was agreed for a parcel can be paid, as payments said; undefined when it is paid already. */
  const payableUntil = ({ heard }: ActorState): Instant | undefined => {
    for (const message of heard) {
      const { name, data } = book.at(message).event;
      if (name !== paymentAuthorized.name) continue;
      const { expiresAt, captured } = data;
      if (!captured) return expiresAt;
    }
    return undefined;
  };

  /** The partner comes in time, or so late that what was agreed has run out. */
  const visit = (state: ActorState): readonly Move[] => {
    const next = partner?.visit?.(state.books, orderId);
    if (next === undefined) return [];
    const comes = (now: Instant): Outcome =>
      uncrashed(() => {
        const { accepted = [], rejected } = decideOn(rules, state, next.command(now));
        const until = payableUntil(state);
        const hasLeft = accepted.some((event) => rules.announce(event)?.name === shipmentDispatched.name);
        if (hasLeft && until !== undefined && now >= until)
          return { flaw: 'I1: the parcel leaves although the authorisation of its payment has run out' };
        return { after: { ...appended(rules, state, accepted, recording), books: next.answered(!rejected, NOON) } };
      });
    return [
      optional({ type: 'visit', name: next.name }, comes(NOON)),
      optional({ type: 'visit', name: `${next.name}, late` }, comes(LATE)),
    ];
  };

  const wish = (state: ActorState): readonly Move[] =>
    wishes
      .filter(({ name, timesMax = Infinity }) => (state.spent[name] ?? 0) < timesMax)
      .map((wanted) => {
        const outcome = told(state, wanted.command);
        const isCounted = wanted.timesMax !== undefined && outcome.after !== state;
        return optional({ type: 'wish', wish: wanted }, isCounted ? spentOn(wanted.name, outcome) : outcome);
      });

  const begin = (state: ActorState, command: Message): Move => {
    const outcome = uncrashed(() => {
      const { accepted, rejected } = decideOn(rules, state, command);
      return accepted === undefined
        ? { flaw: `${service} refuses ${command.type} at the beginning as ${rejected.type}` }
        : { after: appended(rules, state, accepted, recording) };
    });
    return { input: { type: 'wish', wish: { name: command.type, by: 'customer', command } }, isDue: true, ...outcome };
  };

  return {
    begin,
    hear,
    /** All that may happen without a message being delivered for the first time, and that changes something. */
    own: (state: ActorState): readonly Move[] =>
      [call, fire, visit, wish, hearAgain].flatMap((kind) => kind(state)).filter(({ after }) => after !== state),
  };
};

const due = (input: Input, outcome: Outcome): Move => ({ input, isDue: true, ...outcome });
const optional = (input: Input, outcome: Outcome): Move => ({ input, isDue: false, ...outcome });

const spentOn = (what: string, outcome: Outcome): Outcome =>
  outcome.after === undefined ? outcome : { after: withSpent(outcome.after, what) };

/** A clock that moved on is no change by itself. */
const unlessIdle = (before: ActorState, outcome: Outcome): Outcome =>
  outcome.after?.streams === before.streams ? { after: before } : outcome;

/** A yes or no, if it is one. */
const clear = (outcome: EffectOutcome<unknown> | { readonly outcome: 'not-found' }) =>
  outcome.outcome === 'done' || outcome.outcome === 'refused' ? outcome : undefined;
