import { LRUCache } from 'lru-cache';

/** A stream folded up to a version; 0 is a stream never written. */
export type VersionedState<State> = { readonly version: number; readonly state: State };

/**
 * States of streams as they were last seen committed. A cache can be stale, never wrong: every decision made on it is
 * checked against the versions it was made on when it is stored.
 */
export type StateCache<State> = {
  get(streamId: string): VersionedState<State> | undefined;
  /** Keeps the newer of what is known and what is given. */
  put(streamId: string, seen: VersionedState<State>): void;
  forget(streamId: string): void;
};

const STREAMS_MAX = 50_000;

export const stateCache = <State>(streamsMax = STREAMS_MAX): StateCache<State> => {
  const streams = new LRUCache<string, VersionedState<State>>({ max: streamsMax });
  return {
    get: (streamId) => streams.get(streamId),
    put: (streamId, seen) => {
      const known = streams.get(streamId);
      if (known === undefined || known.version <= seen.version) streams.set(streamId, seen);
    },
    forget: (streamId) => void streams.delete(streamId),
  };
};
