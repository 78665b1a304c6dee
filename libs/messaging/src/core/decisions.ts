import {
  type CommandEnvelope,
  type Decided,
  type DecisionBatch,
  type EventCodec,
  type EventStore,
  type StateCache,
  decisionBatch,
  isUnknownEvent,
  stateCache,
} from '@murmuration/event-store';
import type { DecisionModel, Message } from '@murmuration/kernel';

/** A service's rules with the states they are decided on. */
export type Decisions<Command extends Message> = {
  /** A batch on the states that the whole service shares. */
  shared(): DecisionBatch<Command, Message, Message>;
  /** A batch that reads every stream anew. */
  fresh(): DecisionBatch<Command, Message, Message>;
  /** Streams that were written on other states than the shared ones. */
  forget(streamIds: Iterable<string>): void;
};

const FRESH_STREAMS_MAX = 1_000;

/** `cache` is the one of the service's command processor, so that both see at once what either of them stores. */
export const decisionsOf = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  codec: EventCodec<Event>,
  cache: StateCache<State>,
): Decisions<Command> => ({
  shared: () => decisionBatch(model, codec, cache),
  fresh: () => decisionBatch(model, codec, stateCache<State>(FRESH_STREAMS_MAX)),
  forget: (streamIds) => {
    for (const streamId of streamIds) cache.forget(streamId);
  },
});

export type StreamReader = Pick<EventStore, 'readStreams'>;

/** Why a command cannot be decided; `unknown-type` when newer code has stored what it is decided on. */
export type Failure = { readonly kind: 'failed' | 'unknown-type'; readonly reason: string };

/** What cannot be used as it is: streams that do not fold, commands whose rules fail. */
export type Hindrances<Command extends Message> = {
  readonly streams: Map<string, Failure>;
  readonly commands: Map<Command, Failure>;
};

/** Rounds in which commands may name further streams through the states of those read before. */
const READ_ROUNDS_MAX = 4;

const failureOf = (what: string, error: unknown): Failure => ({
  kind: isUnknownEvent(error) ? 'unknown-type' : 'failed',
  reason: `${what}: ${error instanceof Error ? error.message : String(error)}`,
});

/** Reads, in few round trips, every stream that the commands name and that is not known yet. Rejects as the reader does. */
export const readMissing = async <Command extends Message>(
  batch: DecisionBatch<Command, Message, Message>,
  commands: readonly Command[],
  reader: StreamReader,
  hindrances: Hindrances<Command>,
): Promise<void> => {
  let waiting = commands;
  for (let round = 0; round < READ_ROUNDS_MAX && waiting.length > 0; round++) {
    const missing = new Set<string>();
    waiting = waiting.filter((command) => {
      const streams = missingOf(batch, command, hindrances);
      for (const streamId of streams) missing.add(streamId);
      return streams.length > 0;
    });
    if (missing.size === 0) return;
    const streams = await reader.readStreams([...missing].map((streamId) => ({ streamId })));
    for (const streamId of missing) {
      try {
        batch.learn(streamId, streams.get(streamId) ?? []);
      } catch (error) {
        hindrances.streams.set(streamId, failureOf(`stream ${streamId} cannot be read`, error));
      }
    }
  }
};

const missingOf = <Command extends Message>(
  batch: DecisionBatch<Command, Message, Message>,
  command: Command,
  { streams, commands }: Hindrances<Command>,
): readonly string[] => {
  try {
    const missing = batch.missing(command);
    return streams.size === 0 ? missing : missing.filter((streamId) => !streams.has(streamId));
  } catch (error) {
    commands.set(command, failureOf(`${command.type} failed`, error));
    return [];
  }
};

export type DecidedCommand =
  /** `refusal` is the type of the rejection. */
  | { readonly outcome: 'decided'; readonly decided: Decided; readonly refusal?: string }
  /** A stream became needed only now, through the commands before. */
  | { readonly outcome: 'missing' }
  /** The rules fail, or a stream's events cannot be used as they are. */
  | ({ readonly outcome: 'failed' } & Failure);

/** Decides one command on what was read. */
export const decideCommand = <Command extends Message>(
  batch: DecisionBatch<Command, Message, Message>,
  envelope: CommandEnvelope<Command>,
  hindrances: Hindrances<Command>,
): DecidedCommand => {
  const { command } = envelope;
  try {
    const missing = batch.missing(command);
    const [hindered] = missing.filter((streamId) => hindrances.streams.has(streamId));
    const failure = hindrances.commands.get(command) ?? (hindered && hindrances.streams.get(hindered));
    if (failure) return { outcome: 'failed', ...failure };
    if (missing.length > 0) return { outcome: 'missing' };
    const decided = batch.decide(envelope);
    const refusal = decided.decision.rejected;
    return { outcome: 'decided', decided, ...(refusal && { refusal: refusal.type }) };
  } catch (error) {
    return { outcome: 'failed', ...failureOf(`${command.type} failed`, error) };
  }
};
