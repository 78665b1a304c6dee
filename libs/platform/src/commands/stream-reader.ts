import type { EventCodec, EventStore, StateCache, StoredEvent } from '@murmuration/event-store';
import type { DecisionModel, Instant, Message } from '@murmuration/kernel';
import type { Versioned } from './conditional-model';

/** Reads streams for whoever asks; version 0 is a stream never written. */
export type StreamReader<State> = {
  /** As it is now. */
  current(streamId: string): Promise<Versioned<State>>;
  /** As it was after `version` events, or as it is when it has fewer. */
  at(streamId: string, version: number): Promise<Versioned<State>>;
  /** As it was at an instant. */
  asOf(streamId: string, moment: Instant): Promise<Versioned<State>>;
  /** At most `limit` events after a version, ascending. */
  events(streamId: string, afterVersion: number, limit: number): Promise<readonly StoredEvent[]>;
};

export const streamReader = <Event extends Message, State>(
  model: Pick<DecisionModel<Message, Event, Versioned<State>>, 'initial' | 'evolve'>,
  codec: EventCodec<Event>,
  store: EventStore,
  cache: StateCache<Versioned<State>>,
): StreamReader<State> => {
  const fold = (from: Versioned<State>, events: readonly StoredEvent[]): Versioned<State> =>
    events.reduce((state, stored) => model.evolve(state, codec.decode(stored)), from);
  const read = async (streamId: string, fromVersion: number, toVersion?: number): Promise<readonly StoredEvent[]> => {
    const wanted = { streamId, fromVersion, ...(toVersion === undefined ? {} : { toVersion }) };
    return (await store.readStreams([wanted])).get(streamId) ?? [];
  };

  return {
    current: async (streamId) => {
      const known = cache.get(streamId)?.state ?? model.initial(streamId);
      const newest = fold(known, await read(streamId, known.version + 1));
      if (newest.version > 0) cache.put(streamId, { version: newest.version, state: newest });
      return newest;
    },
    at: async (streamId, version) => {
      const known = cache.get(streamId)?.state;
      const from = known !== undefined && known.version <= version ? known : model.initial(streamId);
      return from.version === version ? from : fold(from, await read(streamId, from.version + 1, version));
    },
    asOf: async (streamId, moment) => {
      const events = await read(streamId, 1);
      // A clock that was set back leaves no hole: what a later event was decided on was there before it.
      const newest = events.findLastIndex(({ recordedAt }) => recordedAt <= moment);
      return fold(model.initial(streamId), events.slice(0, newest + 1));
    },
    events: (streamId, afterVersion, limit) => read(streamId, afterVersion + 1, afterVersion + limit),
  };
};
