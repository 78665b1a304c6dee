import { assert, type Decider, type Decision, type DecisionModel, type Message } from '@murmuration/kernel';

export type Outcome<Event, Rejection> = {
  /** Exactly these facts, in this order. */
  then(...events: readonly [Event, ...Event[]]): void;
  thenRejected(rejection: Rejection): void;
  /** Accepted without a fact: what was wished for is already true. */
  thenNothing(): void;
};

export type Scenario<Command, Event, Rejection> = { when(command: Command): Outcome<Event, Rejection> };

/** More rounds of `streamsOf` than any command needs; a model that still names new streams by then never stops. */
const NAMING_ROUNDS_MAX = 8;

/**
 * A rule as a sentence: `given(decider, ...history).when(command).then(...events)`.
 *
 * Whatever is decided is also folded, so that an `evolve` which cannot take what `decide` says fails here. For a
 * `DecisionModel` the history is routed by `streamOf`; a decision that looks at, or writes to, a stream which `streamsOf`
 * does not name fails too, since in production that stream would be neither read nor version-checked.
 */
export function given<Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  ...history: readonly NoInfer<Event>[]
): Scenario<Command, Event, Rejection>;
export function given<Command, Event, State, Rejection>(
  decider: Decider<Command, Event, State, Rejection>,
  ...history: readonly NoInfer<Event>[]
): Scenario<Command, Event, Rejection>;
export function given<Command extends Message, Event extends Message, State, Rejection extends Message>(
  rules: DecisionModel<Command, Event, State, Rejection> | Decider<Command, Event, State, Rejection>,
  ...history: readonly Event[]
): Scenario<Command, Event, Rejection> {
  return {
    when: (command) =>
      outcomeOf('streamsOf' in rules ? decideAcross(rules, history, command) : decideAlone(rules, history, command)),
  };
}

/** The state of one stream after its history. */
export const stateAfter = <State, Event>(
  { initial, evolve }: { readonly initial: State; readonly evolve: (state: State, event: Event) => State },
  ...history: readonly NoInfer<Event>[]
): State => history.reduce(evolve, initial);

const decideAlone = <Command, Event, State, Rejection>(
  decider: Decider<Command, Event, State, Rejection>,
  history: readonly Event[],
  command: Command,
): Decision<Event, Rejection> => {
  const state = stateAfter(decider, ...history);
  const decision = decider.decide(command, state);
  decision.accepted?.reduce(decider.evolve, state);
  return decision;
};

const decideAcross = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  history: readonly Event[],
  command: Command,
): Decision<Event, Rejection> => {
  const stored = new Map<string, State>();
  for (const event of history) store(model, stored, event);

  const known = new Map<string, State>();
  const stateOf = (streamId: string): State => (stored.has(streamId) ? stored.get(streamId)! : model.initial(streamId));
  for (let round = 0; nameStreams(model, command, known, stateOf); round++)
    assert(
      round < NAMING_ROUNDS_MAX,
      `streamsOf of ${command.type} names nothing new after ${NAMING_ROUNDS_MAX} rounds`,
    );

  const decision = model.decide(command, (streamId) => {
    assert(known.has(streamId), `streamsOf of ${command.type} names ${streamId}, since its decision looks at it`);
    return known.get(streamId)!;
  });
  for (const event of decision.accepted ?? []) {
    const streamId = model.streamOf(event);
    assert(
      known.has(streamId),
      `streamsOf of ${command.type} names ${streamId}, since its ${event.type} is stored there`,
    );
    store(model, known, event);
  }
  return decision;
};

/** Reads the streams named on what is known so far; false when none of them is new. */
const nameStreams = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  command: Command,
  known: Map<string, State>,
  stateOf: (streamId: string) => State,
): boolean => {
  const before = known.size;
  for (const streamId of model.streamsOf(command, (id) => known.get(id))) known.set(streamId, stateOf(streamId));
  return known.size > before;
};

const store = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  states: Map<string, State>,
  event: Event,
): void => {
  const streamId = model.streamOf(event);
  const state = states.has(streamId) ? states.get(streamId)! : model.initial(streamId);
  states.set(streamId, model.evolve(state, event));
};

const outcomeOf = <Event, Rejection>(decision: Decision<Event, Rejection>): Outcome<Event, Rejection> => ({
  then: (...events) => {
    expect(decision).toStrictEqual({ accepted: events });
  },
  thenRejected: (rejection) => {
    expect(decision).toStrictEqual({ rejected: rejection });
  },
  thenNothing: () => {
    expect(decision).toStrictEqual({ accepted: [] });
  },
});
