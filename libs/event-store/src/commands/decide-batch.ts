import { assert, type Decision, type DecisionModel, type Message } from '@murmuration/kernel';
import type { AppendRequest, EventMetadata, NewEvent, StoredEvent, StreamCheck } from '../port';
import type { EventCodec } from './codec';
import { eventIdOf } from '../event-id';
import type { StateCache, VersionedState } from './state-cache';

/** A command on its way: its id gives its events theirs, so that a repeat is recognised. */
export type CommandEnvelope<Command extends Message = Message> = {
  /** A UUID. */
  readonly commandId: string;
  readonly command: Command;
  readonly metadata: EventMetadata;
};

/** One command's decision and what storing it takes. A refusal is stored as checks alone: it holds only for the versions it was made on. */
export type Decided<Event extends Message = Message, Rejection extends Message = Message> = {
  readonly decision: Decision<Event, Rejection>;
  readonly request: AppendRequest;
};

/**
 * Decides commands in order, each on the state that the ones before it left, without storing anything. States come from
 * `committed`; what the batch itself makes true lies in an overlay that `commit` hands over once it is stored.
 */
export type DecisionBatch<Command extends Message, Event extends Message, Rejection extends Message> = {
  /** Streams that must be read before the command can be decided; ask again after reading, since these may name more. */
  missing(command: Command): readonly string[];
  /** Adds what was read of a stream, from the first version. */
  learn(streamId: string, events: readonly StoredEvent[]): void;
  decide(envelope: CommandEnvelope<Command>): Decided<Event, Rejection>;
  /** The decided commands' events are stored: their states may be shared. */
  commit(decided: readonly Decided<Event, Rejection>[]): void;
  /** The decided commands met other versions than they were made on. */
  forget(decided: readonly Decided<Event, Rejection>[]): void;
};

export const decisionBatch = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  codec: EventCodec<Event>,
  committed: StateCache<State>,
): DecisionBatch<Command, Event, Rejection> => {
  const overlay = new Map<string, VersionedState<State>>();
  const seen = (streamId: string): VersionedState<State> | undefined =>
    overlay.get(streamId) ?? committed.get(streamId);
  const known = (streamId: string): State | undefined => seen(streamId)?.state;

  const read = (streamId: string): VersionedState<State> => {
    const versioned = seen(streamId);
    assert(versioned !== undefined, `stream ${streamId} to be read before it is decided on`);
    overlay.set(streamId, versioned);
    return versioned;
  };

  return {
    missing: (command) => model.streamsOf(command, known).filter((streamId) => seen(streamId) === undefined),

    learn: (streamId, events) => {
      const state = events.reduce(
        (folded, stored) => model.evolve(folded, codec.decode(stored)),
        model.initial(streamId),
      );
      committed.put(streamId, { version: events.length, state });
      overlay.set(streamId, { version: events.length, state });
    },

    decide: ({ commandId, command, metadata }) => {
      const streamIds = model.streamsOf(command, known);
      const checks = streamIds.map((streamId): StreamCheck => ({ streamId, expected: read(streamId).version }));
      const decision = model.decide(command, (streamId) => {
        assert(streamIds.includes(streamId), `${command.type} to name ${streamId} before deciding on it`);
        return read(streamId).state;
      });
      // Staged, so that rules which fail halfway leave no trace in the states that later commands are decided on.
      const staged = new Map<string, VersionedState<State>>();
      const events = (decision.accepted ?? []).map((event, index): NewEvent => {
        const streamId = model.streamOf(event);
        if (streamIds.includes(streamId)) {
          const { version, state } = staged.get(streamId) ?? read(streamId);
          staged.set(streamId, { version: version + 1, state: model.evolve(state, event) });
        }
        return { streamId, eventId: eventIdOf(commandId, index), ...codec.encode(event), metadata };
      });
      for (const [streamId, evolved] of staged) overlay.set(streamId, evolved);
      return { decision, request: { checks, events } };
    },

    commit: (decided) => {
      for (const { request } of decided) {
        for (const { streamId } of request.events) {
          const evolved = overlay.get(streamId);
          if (evolved === undefined) committed.forget(streamId);
          else committed.put(streamId, evolved);
        }
      }
    },

    forget: (decided) => {
      for (const { request } of decided) {
        for (const { streamId } of request.checks) {
          committed.forget(streamId);
          overlay.delete(streamId);
        }
      }
    },
  };
};

/** One request for decisions that stand or fall together: each stream is checked at the version that the first of them was made on. */
export const mergeRequests = (requests: readonly AppendRequest[]): AppendRequest => {
  const checks = new Map<string, StreamCheck>();
  for (const check of requests.flatMap((request) => request.checks)) {
    if (!checks.has(check.streamId)) checks.set(check.streamId, check);
  }
  return { checks: [...checks.values()], events: requests.flatMap(({ events }) => events) };
};

/**
 * Groups decisions so that each one lies with those it was built on: a decision that read what an earlier one of the batch
 * wrote must not survive it. (Its expected version alone does not say that: another writer may have reached the same one.)
 */
export const dependentGroups = <Item extends { readonly request: AppendRequest }>(
  decided: readonly Item[],
): readonly (readonly Item[])[] => {
  const writerOf = new Map<string, Item[]>();
  const groups = new Set<Item[]>();
  for (const item of decided) {
    const builtOn = new Set<Item[]>();
    for (const { streamId } of item.request.checks) {
      const writer = writerOf.get(streamId);
      if (writer !== undefined) builtOn.add(writer);
    }
    const group = [...[...builtOn].flat(), item];
    for (const former of builtOn) groups.delete(former);
    groups.add(group);
    for (const { streamId } of group.flatMap(({ request }) => request.events)) writerOf.set(streamId, group);
  }
  return [...groups];
};
