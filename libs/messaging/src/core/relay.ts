import type { Coordination, EventStore, Lease, StoredEvent } from '@murmuration/event-store';
import type { Instant } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { Outbound } from '../link';
import type { Outbox, RelayCheckpoint } from '../outbox.port';
import type { Publisher } from '../publisher.port';
import { checkpointWriter, type CheckpointWriter } from './checkpoint-writer';
import { keepLease } from './lease-keeper';
import { backoffMs, pauseOf } from './pause';
import { planRelay, type PlanRelayOptions, type RelayPlan } from './plan-relay';

type Doing = 'lease' | 'read' | 'announce' | 'publish' | 'checkpoint';

/** What a relay tells of itself, for metrics and logs. */
export type RelayListener = {
  /** `oldestRecordedAt` is when the first event of the run was stored. */
  published?(run: { readonly events: number; readonly records: number; readonly oldestRecordedAt: Instant }): void;
  leading?(leading: boolean): void;
  /**
   * Something could not be done and will be tried again. `announce`: newer code has stored an event that this one does not know,
   * so another process may lead; until one that knows it does, nothing behind that event is sent.
   */
  failed?(doing: Doing, error: unknown): void;
};

export type RelayOptions = PlanRelayOptions & {
  readonly store: Pick<EventStore, 'readLog' | 'onAppended'>;
  readonly logPartition: number;
  readonly outbox: Outbox;
  readonly coordination: Pick<Coordination, 'acquire' | 'release'>;
  readonly publisher: Publisher;
  /** Names this process; no two at a time share one. */
  readonly holder: string;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly chance: () => number;
  readonly listener?: RelayListener;
  readonly leaseMs?: number;
  /** The least time from one run of events to the next while there are few: what comes meanwhile shares a request. */
  readonly paceMs?: number;
  readonly checkpointEveryMs?: number;
  /** The longest sleep between two looks at the log, in case a bell was missed. */
  readonly pollMs?: number;
};

export type Relay = {
  /** Ends after the run in hand, with its checkpoint written and the lease released. The publisher stays open. */
  stop(): Promise<void>;
};

const EVENTS_PER_RUN_MAX = 1000;
/** Of keys, values and headers in one request, well within a broker's usual limit of a mebibyte per partition. */
const REQUEST_CHARS_MAX = 400_000;
/** How long a killed relay keeps its successor waiting, at most. */
const LEASE_MS = 5_000;
const PACE_MS = 8;
const CHECKPOINT_EVERY_MS = 100;
const POLL_FIRST_MS = 40;
const POLL_MS = 250;
const LEASE_POLL_MAX_MS = 1_000;
/** Whoever lost its lead lets another one have it first. */
const REACQUIRE_MS = 200;
/** The same for one that does not know an event: longer than others wait between two attempts. */
const GIVE_WAY_MS = 3 * LEASE_POLL_MAX_MS;
const RETRY = { firstMs: 50, maxMs: 5_000 };
const HEADERS_CHARS = 600;

/** Cuts records into requests of bounded size, in order. */
const requestsOf = (records: readonly Outbound[]): readonly (readonly Outbound[])[] => {
  const requests: Outbound[][] = [];
  let room = 0;
  for (const record of records) {
    const chars = record.key.length + record.value.length + HEADERS_CHARS;
    if (room < chars || requests.length === 0) {
      requests.push([]);
      room = REQUEST_CHARS_MAX;
    }
    requests.at(-1)?.push(record);
    room -= chars;
  }
  return requests;
};

/**
 * Sends what one log partition announces, in the order of the log, from where the last relay left off: at least once, and
 * always with the same links. Of all processes that run it, the one that holds the lease does the work.
 */
export const startRelay = (options: RelayOptions): Relay => {
  const { store, logPartition, outbox, coordination, publisher, holder, clock, chance, listener = {} } = options;
  const { leaseMs = LEASE_MS, paceMs = PACE_MS, checkpointEveryMs = CHECKPOINT_EVERY_MS, pollMs = POLL_MS } = options;
  const bell = pauseOf(clock);
  const rest = pauseOf(clock);
  let stopping = false;

  const failed = (doing: Doing, error: unknown): void => listener.failed?.(doing, error);

  /** Does it until it succeeds; undefined when the relay must end before. */
  const persistently = async <Result>(
    doing: 'lease' | 'read' | 'publish',
    goOn: () => boolean,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> => {
    for (let attempt = 1; goOn(); attempt++) {
      try {
        return await work();
      } catch (error) {
        failed(doing, error);
        if (goOn()) await rest.wait(backoffMs(attempt, { ...RETRY, chance }));
      }
    }
    return undefined;
  };

  const publish = async (records: readonly Outbound[], goOn: () => boolean): Promise<boolean> => {
    let clean = true;
    for (const request of requestsOf(records)) {
      const sent = await persistently('publish', goOn, async () => {
        if (!clean) await publisher.reset();
        clean = false;
        await publisher.publish(request);
        clean = true;
        return true;
      });
      if (sent === undefined) return false;
    }
    return true;
  };

  const relayRun = async (
    events: readonly StoredEvent[],
    from: RelayCheckpoint,
    goOn: () => boolean,
  ): Promise<RelayPlan | undefined> => {
    const plan = planRelay(events, options, from);
    const { records, checkpoint } = plan;
    const count = checkpoint.position - from.position;
    // A run in hand is finished even when the relay is told to stop, unless it fails.
    if (!(await publish(records, goOn))) return undefined;
    const [first] = events;
    if (first && count > 0)
      listener.published?.({ events: count, records: records.length, oldestRecordedAt: first.recordedAt });
    return plan;
  };

  /** Answers what has halted it, if something has. */
  const follow = async (
    from: RelayCheckpoint,
    writer: CheckpointWriter,
    goOn: () => boolean,
  ): Promise<RelayPlan['haltedBy']> => {
    let place = from;
    let lookAgainInMs = POLL_FIRST_MS;
    while (goOn()) {
      const { position } = place;
      const events = await persistently('read', goOn, () => store.readLog(logPartition, position, EVENTS_PER_RUN_MAX));
      if (events === undefined) return undefined;
      if (events.length === 0) {
        await bell.wait(lookAgainInMs);
        lookAgainInMs = Math.min(lookAgainInMs * 2, pollMs);
        continue;
      }
      lookAgainInMs = POLL_FIRST_MS;
      const reached = await relayRun(events, place, goOn);
      if (reached === undefined) return undefined;
      place = reached.checkpoint;
      writer.note(place);
      if (reached.haltedBy !== undefined) return reached.haltedBy;
      if (events.length < EVENTS_PER_RUN_MAX && goOn()) await rest.wait(paceMs);
    }
    return undefined;
  };

  const lead = async (lease: Lease): Promise<RelayPlan['haltedBy']> => {
    const wake = (): void => {
      bell.wake();
      rest.wake();
    };
    const keeper = keepLease(lease, leaseMs, {
      ...{ coordination, clock, onLost: wake },
      onFailure: (error) => failed('lease', error),
    });
    const writer = checkpointWriter(lease, {
      ...{ outbox, logPartition, clock, everyMs: checkpointEveryMs, onFenced: wake },
      onFailure: (error) => failed('checkpoint', error),
    });
    const goOn = (): boolean => !stopping && !keeper.lost() && !writer.fenced();
    listener.leading?.(true);
    const from = await persistently('read', goOn, () => outbox.read(logPartition));
    const haltedBy = from === undefined ? undefined : await follow(from, writer, goOn);
    await writer.close();
    await keeper.stop();
    listener.leading?.(false);
    if (!keeper.lost()) await coordination.release(lease).catch((error: unknown) => failed('lease', error));
    return haltedBy;
  };

  const run = async (): Promise<void> => {
    const goOn = (): boolean => !stopping;
    while (goOn()) {
      const answer = await persistently('lease', goOn, () =>
        coordination.acquire(`relay-${logPartition}`, holder, leaseMs),
      );
      if (answer?.outcome === 'held') {
        const haltedBy = await lead(answer.lease);
        if (haltedBy !== undefined) failed('announce', haltedBy);
        if (goOn()) await rest.wait(haltedBy === undefined ? REACQUIRE_MS : GIVE_WAY_MS);
      } else if (answer) await rest.wait(Math.min(Math.max(answer.retryInMs, POLL_FIRST_MS), LEASE_POLL_MAX_MS));
    }
  };

  const unsubscribe = store.onAppended((rung) => {
    if (rung === logPartition) bell.wake();
  });
  const running = run();

  return {
    stop: async () => {
      stopping = true;
      unsubscribe();
      bell.wake();
      rest.wake();
      await running;
    },
  };
};
