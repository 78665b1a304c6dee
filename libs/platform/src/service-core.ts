import {
  commandProcessor,
  stateCache,
  type CommandProcessor,
  type EventCodec,
  type EventStore,
  type StateCache,
} from '@murmuration/event-store';
import type { DecisionModel, Message } from '@murmuration/kernel';
import { conditionalModel, type Conditional, type VersionDiffers, type Versioned } from './commands/conditional-model';
import { streamReader, type StreamReader } from './commands/stream-reader';

/** The rules of a service and how what they decide is written down. */
export type ServiceRules<Command extends Message, Event extends Message, State, Rejection extends Message> = {
  readonly model: DecisionModel<Command, Event, State, Rejection>;
  readonly codec: EventCodec<Event>;
};

/** The rules at work on a store: what decides commands, whoever they come from, and what reads what was decided. */
export type ServiceCore<Command extends Message, Event extends Message, State, Rejection extends Message> = {
  readonly model: DecisionModel<Conditional<Command>, Event, Versioned<State>, Rejection | VersionDiffers>;
  readonly codec: EventCodec<Event>;
  readonly store: EventStore;
  /** Shared by all that decide, so that none of them has to read what another has just written. */
  readonly cache: StateCache<Versioned<State>>;
  readonly processor: CommandProcessor<Conditional<Command>, Event, Rejection | VersionDiffers>;
  readonly streams: StreamReader<State>;
  /** What an event left behind that the processor has decided; it is known for as long as the event itself is. */
  readonly leftBy: (event: Event) => Versioned<State> | undefined;
};

export const serviceCore = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  { model: rules, codec }: ServiceRules<Command, Event, State, Rejection>,
  store: EventStore,
): ServiceCore<Command, Event, State, Rejection> => {
  const model = conditionalModel(rules);
  const cache = stateCache<Versioned<State>>();
  // What came of a command on a stream that changes all the time could only be read again from the beginning.
  const left = new WeakMap<Event, Versioned<State>>();
  const remembering: typeof model = {
    ...model,
    evolve: (state, event) => {
      const after = model.evolve(state, event);
      left.set(event, after);
      return after;
    },
  };
  return {
    model,
    codec,
    store,
    cache,
    processor: commandProcessor(remembering, codec, store, cache),
    streams: streamReader(model, codec, store, cache),
    leftBy: (event) => left.get(event),
  };
};
