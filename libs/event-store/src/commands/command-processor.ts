import type { DecisionModel, Message } from '@murmuration/kernel';
import { EventStoreError } from '../event-store-error';
import type { Appended, AppendVerdict, EventStore, StoredEvent } from '../port';
import type { EventCodec } from './codec';
import {
  type CommandEnvelope,
  type Decided,
  type DecisionBatch,
  decisionBatch,
  dependentGroups,
  mergeRequests,
} from './decide-batch';
import { eventIdOf } from '../event-id';
import { systemTiming } from '../system-timing';
import type { StateCache } from './state-cache';

export type Executed<Event extends Message = Message, Rejection extends Message = Message> =
  | { readonly outcome: 'accepted'; readonly events: readonly Event[]; readonly stored: readonly Appended[] }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection }
  /** The command id was used before; `first` is the first event it brought about. */
  | { readonly outcome: 'repeated'; readonly first: StoredEvent };

export type CommandProcessor<Command extends Message, Event extends Message, Rejection extends Message> = {
  /**
   * Decides and stores one command. With `repeatable`, a command id whose events are stored already is answered as
   * `repeated` instead of being decided anew. Rejects with `EventStoreError`: `contended` when other writers kept winning,
   * `overloaded` when the queue is full, `in-progress` when the same repeatable command is being decided right now.
   */
  execute(
    envelope: CommandEnvelope<Command>,
    options?: { readonly repeatable?: boolean },
  ): Promise<Executed<Event, Rejection>>;
  /** Resolves once every command accepted so far has been answered; later ones are refused. */
  drain(): Promise<void>;
};

export type CommandProcessorOptions = {
  /** Uniform in [0, 1): spreads retries. */
  readonly chance?: () => number;
  /** The machine's timer, by default. */
  readonly sleep?: (durationMs: number) => Promise<void>;
};

const QUEUE_MAX = 10_000;
const BATCH_MAX = 256;
const ATTEMPTS_MAX = 12;
const READ_ROUNDS_MAX = 4;
const RETRY_PAUSE_MS = 2;

type Pending<Command extends Message, Event extends Message, Rejection extends Message> = {
  readonly envelope: CommandEnvelope<Command>;
  readonly repeatable: boolean;
  attempts: number;
  readonly resolve: (executed: Executed<Event, Rejection>) => void;
  readonly reject: (error: unknown) => void;
};

type DecidedPending<Command extends Message, Event extends Message, Rejection extends Message> = Decided<
  Event,
  Rejection
> & {
  readonly pending: Pending<Command, Event, Rejection>;
};

/**
 * Loads, decides and appends, for every command of a service. Commands that arrive while a batch is being stored are
 * decided together in the next one, in order, on carried state.
 */
export const commandProcessor = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  model: DecisionModel<Command, Event, State, Rejection>,
  codec: EventCodec<Event>,
  store: EventStore,
  cache: StateCache<State>,
  { chance = systemTiming.chance, sleep = systemTiming.sleep }: CommandProcessorOptions = {},
): CommandProcessor<Command, Event, Rejection> => {
  type Waiting = Pending<Command, Event, Rejection>;
  type Settled = DecidedPending<Command, Event, Rejection>;
  type Batch = DecisionBatch<Command, Event, Rejection>;
  let queue: Waiting[] = [];
  let running: Promise<void> | undefined;
  let draining = false;
  const inProgress = new Set<string>();

  const answerRepeats = async (batch: readonly Waiting[]): Promise<readonly Waiting[]> => {
    const repeatable = batch.filter((pending) => pending.repeatable);
    if (repeatable.length === 0) return batch;
    const found = await store.findEvents(repeatable.map(({ envelope }) => eventIdOf(envelope.commandId, 0)));
    return batch.filter((pending) => {
      const first = pending.repeatable ? found.get(eventIdOf(pending.envelope.commandId, 0)) : undefined;
      if (first !== undefined) pending.resolve({ outcome: 'repeated', first });
      return first === undefined;
    });
  };

  /**
   * The commands that can be decided, and the streams that must be read before. One that fails to name its streams, or names one
   * that cannot be read, is told so.
   */
  const wantedBy = (batch: readonly Waiting[], decisions: Batch, unreadable: ReadonlyMap<string, unknown>) => {
    const missing = new Set<string>();
    const readable = batch.filter((pending) => {
      try {
        const named = decisions.missing(pending.envelope.command);
        const lost = named.find((streamId) => unreadable.has(streamId));
        if (lost !== undefined) pending.reject(unreadable.get(lost));
        else for (const streamId of named) missing.add(streamId);
        return lost === undefined;
      } catch (error) {
        pending.reject(error);
        return false;
      }
    });
    return { readable, missing };
  };

  /** Adds the streams that cannot be folded to `unreadable`. */
  const read = async (streamIds: ReadonlySet<string>, decisions: Batch, unreadable: Map<string, unknown>) => {
    const streams = await store.readStreams([...streamIds].map((streamId) => ({ streamId })));
    for (const streamId of streamIds) {
      try {
        decisions.learn(streamId, streams.get(streamId) ?? []);
      } catch (error) {
        unreadable.set(streamId, error);
      }
    }
  };

  /**
   * What was decided before it in its batch may have a command name streams that nobody has read: then it is decided in a later
   * one, where that is stored. Otherwise it is told what it failed with.
   */
  const decideLater = (pending: Waiting, decisions: Batch, failedWith: unknown): void => {
    try {
      pending.attempts += 1;
      const namesMore = decisions.missing(pending.envelope.command).length > 0;
      if (namesMore && pending.attempts < ATTEMPTS_MAX) queue.push(pending);
      else pending.reject(failedWith);
    } catch (error) {
      pending.reject(error);
    }
  };

  const settle = (group: readonly Settled[], verdict: AppendVerdict): readonly Waiting[] => {
    if (verdict.outcome !== 'appended') return group.map(({ pending }) => pending);
    let next = 0;
    for (const { decision, request, pending } of group) {
      const stored = verdict.events.slice(next, (next += request.events.length));
      if (decision.accepted) pending.resolve({ outcome: 'accepted', events: decision.accepted, stored });
      else pending.resolve({ outcome: 'rejected', rejection: decision.rejected });
    }
    return [];
  };

  const retry = (batch: readonly Waiting[], verdicts: readonly AppendVerdict[]): void => {
    const failure = verdicts.find(({ outcome }) => outcome !== 'appended');
    for (const pending of batch) {
      pending.attempts += 1;
      if (failure?.outcome === 'archived')
        pending.reject(new EventStoreError('archived', `stream ${failure.streamId} is closed for ever`));
      else if (pending.attempts < ATTEMPTS_MAX) queue.push(pending);
      else
        pending.reject(
          new EventStoreError(
            'contended',
            `${pending.envelope.command.type} lost ${ATTEMPTS_MAX} times against other writers`,
          ),
        );
    }
  };

  const run = async (batch: readonly Waiting[]): Promise<void> => {
    const decisions = decisionBatch(model, codec, cache);
    const unreadable = new Map<string, unknown>();
    let wanted = wantedBy(await answerRepeats(batch), decisions, unreadable);
    for (let round = 0; round < READ_ROUNDS_MAX && wanted.missing.size > 0; round++) {
      await read(wanted.missing, decisions, unreadable);
      wanted = wantedBy(wanted.readable, decisions, unreadable);
    }
    // At once, since others may forget a stream while anything is waited for.
    const decided: Settled[] = [];
    for (const pending of wanted.readable) {
      // A bug in the rules ends this command alone; whoever waits for it is told.
      try {
        decided.push({ ...decisions.decide(pending.envelope), pending });
      } catch (error) {
        decideLater(pending, decisions, error);
      }
    }
    const groups = dependentGroups(decided);
    await Promise.all(
      groups.map(async (group) => {
        try {
          const verdict = await store.append(mergeRequests(group.map(({ request }) => request)));
          // What was stored before, these decisions may have been made on: then their states count it twice.
          if (verdict.outcome === 'appended' && !verdict.repeated) decisions.commit(group);
          else decisions.forget(group);
          retry(settle(group, verdict), [verdict]);
        } catch (error) {
          decisions.forget(group);
          for (const { pending } of group) pending.reject(error);
        }
      }),
    );
  };

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_MAX);
      queue = queue.slice(BATCH_MAX);
      const losers = batch.filter(({ attempts }) => attempts > 0).length;
      if (losers === batch.length)
        await sleep(chance() * RETRY_PAUSE_MS * Math.max(...batch.map(({ attempts }) => attempts)));
      try {
        await run(batch);
      } catch (error) {
        for (const pending of batch) pending.reject(error);
      }
    }
    running = undefined;
  };

  const enqueue = (envelope: CommandEnvelope<Command>, repeatable: boolean): Promise<Executed<Event, Rejection>> =>
    new Promise((resolve, reject) => {
      queue.push({ envelope, repeatable, attempts: 0, resolve, reject });
      // Started in a microtask, so that commands of one turn of the event loop share a batch.
      running ??= Promise.resolve().then(pump);
    });

  return {
    execute: async (envelope, { repeatable = false } = {}) => {
      if (draining) throw new EventStoreError('closed', 'this service is shutting down');
      if (queue.length >= QUEUE_MAX)
        throw new EventStoreError('overloaded', `${QUEUE_MAX} commands are waiting already`);
      if (!repeatable) return enqueue(envelope, false);
      if (inProgress.has(envelope.commandId))
        throw new EventStoreError('in-progress', 'the same request is being decided right now');
      inProgress.add(envelope.commandId);
      try {
        return await enqueue(envelope, true);
      } finally {
        inProgress.delete(envelope.commandId);
      }
    },
    drain: async () => {
      draining = true;
      await running;
    },
  };
};
