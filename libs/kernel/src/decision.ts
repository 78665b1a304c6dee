/** What a decider answers: the facts that now hold (none when the wish was already true), or why the wish is refused. */
export type Decision<Event, Rejection> =
  | { readonly accepted: readonly Event[]; readonly rejected?: never }
  | { readonly rejected: Rejection; readonly accepted?: never };

export const accept = <Event>(...events: readonly Event[]): Decision<Event, never> => ({ accepted: events });

export const reject = <const Rejection>(rejection: Rejection): Decision<never, Rejection> => ({ rejected: rejection });

/** Anything told apart by its `type`: commands, events and rejections. */
export type Message = { readonly type: string };

/** The member of a union whose `type` is `Type`. */
export type Of<Union extends Message, Type extends Union['type']> = Extract<Union, { readonly type: Type }>;

/** How the facts of one stream become its state. `evolve` is total and asserts what `decide` guarantees. */
export type Fold<State, Event> = {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
};

/** The rules of one stream: pure, so that time, chance and identity arrive in the command. */
export type Decider<Command, Event, State, Rejection> = Fold<State, Event> & {
  readonly decide: (command: Command, state: State) => Decision<Event, Rejection>;
};

/**
 * All rules of one service, over every stream it owns, as the command processor, the consumer and the simulator run them.
 * `State` is the union of the states of its kinds of stream.
 */
export type DecisionModel<
  Command extends Message = Message,
  Event extends Message = Message,
  State = unknown,
  Rejection extends Message = Message,
> = {
  /**
   * Every stream the decision reads or writes. Asked again, with what is known by then, until it names nothing new, so
   * that a command may reach a second stream through the state of the first. `known` is undefined for a stream not yet read.
   */
  readonly streamsOf: (command: Command, known: (streamId: string) => State | undefined) => readonly string[];
  /**
   * The stream in which an event is stored. One that `streamsOf` does not name is appended to at whatever version it is, so
   * only for events whose stream decides nothing.
   */
  readonly streamOf: (event: Event) => string;
  readonly initial: (streamId: string) => State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (command: Command, stateOf: (streamId: string) => State) => Decision<Event, Rejection>;
};
