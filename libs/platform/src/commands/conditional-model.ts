import { reject, type DecisionModel, type Message } from '@murmuration/kernel';

/** The state of a stream with the number of events that made it. */
export type Versioned<State> = { readonly version: number; readonly state: State };

/** A command that may hold only at one version of one stream. */
export type Conditional<Command extends Message> = Command & {
  readonly ifMatch?: { readonly streamId: string; readonly version: number };
};

export type VersionDiffers = { readonly type: 'VersionDiffers'; readonly expected: number; readonly actual: number };

/**
 * A service's rules with one more: a conditional command is refused when its stream is at another version. As part of the
 * decision it is stored only with what it was made on, so that nobody writes between the check and the append.
 */
export const conditionalModel = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
): DecisionModel<Conditional<Command>, Event, Versioned<State>, Rejection | VersionDiffers> => ({
  streamsOf: (command, known) => {
    const streams = model.streamsOf(command, (streamId) => known(streamId)?.state);
    const named = command.ifMatch?.streamId;
    return named === undefined || streams.includes(named) ? streams : [...streams, named];
  },
  streamOf: model.streamOf,
  initial: (streamId) => ({ version: 0, state: model.initial(streamId) }),
  evolve: ({ version, state }, event) => ({ version: version + 1, state: model.evolve(state, event) }),
  decide: (command, stateOf) => {
    if (command.ifMatch !== undefined) {
      const { streamId, version: expected } = command.ifMatch;
      const actual = stateOf(streamId).version;
      if (actual !== expected) return reject({ type: 'VersionDiffers', expected, actual });
    }
    return model.decide(command, (streamId) => stateOf(streamId).state);
  },
});
