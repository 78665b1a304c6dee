import { noRows, type ViewRows } from '@murmuration/domain-projections';
import {
  EffectsError,
  memoryAgendaStore,
  memoryProjectionStore,
  type AgendaStore,
  type ScannedProjectionStore,
} from '@murmuration/effects';
import {
  EventStoreError,
  memoryCoordination,
  memoryEventStore,
  type Coordination,
  type EventStore,
} from '@murmuration/event-store';
import { plusMs, type Instant } from '@murmuration/kernel';
import { memoryInbox, memoryOutbox, MessagingError, type Inbox, type Outbox } from '@murmuration/messaging';
import { watchedCoordination, watchedInbox, type DatabaseWatcher } from './database-watcher';
import { outage, type Outage } from './outages';
import type { Fate, Process, Surroundings } from './process';

/** What one service keeps in its PostgreSQL. */
export type Tables = {
  readonly store: EventStore;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly coordination: Coordination;
  readonly agendaStore: AgendaStore;
  /** The rows of the views, which only projections have. */
  readonly rows: ScannedProjectionStore<ViewRows>;
};

/** One service's database. It outlives every process of the service. */
export type Database = {
  readonly service: string;
  /** As the server itself has them, for whoever looks in from outside the flock. */
  readonly tables: Tables;
  readonly outage: Outage;
  /** Tells of what the server itself has just done, whoever asked for it. */
  readonly watch: (watcher: DatabaseWatcher) => void;
  /** The tables as one process reaches them. */
  readonly connect: (process: Process) => Tables;
  /** Sets the server's own clock on or back. */
  readonly jumpClock: (offsetMs: number) => void;
  /**
   * A replica takes over that has the log only up to a position, and nothing else. Whoever is connected stays connected to
   * what was, so its processes must have ended before.
   */
  readonly failOver: (lastPosition: number) => Promise<void>;
};

/** What a client waits before it takes a cut connection for one. */
const CONNECTION_TIMEOUT_MS = 200;
const BELL_MS = 2;

/** Reads change nothing, so whether they took effect is no question. */
const READS = /^(read|find|list|count|lastPosition|openEffects|dueDeadlines|position|load|scan)/;

type Undone = (code: 'unavailable', detail: string) => Error;
const eventStoreError: Undone = (code, detail) => new EventStoreError(code, detail);
const messagingError: Undone = (code, detail) => new MessagingError(code, detail);
const effectsError: Undone = (code, detail) => new EffectsError(code, detail);

/** What is special about one port of a connection. */
type Connection<Port> = {
  readonly undone?: Undone;
  readonly local?: Partial<Port>;
  readonly isClosed?: () => boolean;
};

/** As PostgreSQL tells of SQLSTATE 40001; a deadlock, 40P01, comes to the same. */
const SERIALIZATION_FAILURE = 'could not serialize access due to concurrent update';

const emptyTables = (now: () => Instant, watchers: readonly DatabaseWatcher[], logPartitions: number): Tables => {
  const store = memoryEventStore({ now, logPartitions });
  return {
    store,
    inbox: watchedInbox(memoryInbox(store, { now }), watchers),
    outbox: memoryOutbox(),
    coordination: watchedCoordination(memoryCoordination({ now }), now, watchers),
    agendaStore: memoryAgendaStore({ now }),
    rows: memoryProjectionStore(noRows),
  };
};

export const simulatedDatabase = (service: string, { time, decisions }: Surroundings, logPartitions = 1): Database => {
  let clockOffsetMs = 0;
  const now = (): Instant => (clockOffsetMs === 0 ? time.now() : plusMs(time.now(), clockOffsetMs));
  const watchers: DatabaseWatcher[] = [];
  let tables = emptyTables(now, watchers, logPartitions);
  const away = outage(time);
  const unavailable = (): Error => new EventStoreError('unavailable', `the database of ${service} gave no answer`);

  const fateOf = (process: Process, site: string): Fate => {
    const where = process.at(site);
    const failure = { failure: unavailable, failsAfterMs: CONNECTION_TIMEOUT_MS, inOrder: site === 'append' };
    if (away.isDown() || decisions.strikes('database refuses', where))
      return { there: 'lost', back: 'lost', ...failure };
    const isInDoubt = !READS.test(site) && decisions.strikes('commit outcome unknown', where);
    return { there: 'arrives', back: isInDoubt ? 'lost' : 'arrives', ...failure };
  };

  /**
   * Asks the server over the connection. What it undoes because of another statement, it says at once, and `undone` is how the port
   * tells of that. Absent where the port sends it again by itself, which to whoever asked is a slow request.
   */
  const ask = (process: Process, name: string, serve: () => unknown, undone?: Undone): Promise<unknown> => {
    const isUndone =
      undone !== undefined && !READS.test(name) && decisions.strikes('serialization failure', process.at(name));
    const served = isUndone ? () => Promise.reject(undone('unavailable', SERIALIZATION_FAILURE)) : serve;
    return process.ask(name, served, fateOf(process, name));
  };

  /** Every call of the port goes over the connection, as long as `isClosed` does not say that it is no more. */
  const over = <Port extends object>(
    process: Process,
    port: Port,
    { undone, local = {}, isClosed = () => false }: Connection<Port> = {},
  ): Port => {
    const calls = Object.entries(port)
      .filter(([, member]) => typeof member === 'function')
      .map(([name, member]) => [
        name,
        (...args: readonly unknown[]) =>
          isClosed()
            ? Promise.reject(new EventStoreError('closed', name))
            : ask(process, name, () => (member as (...given: readonly unknown[]) => unknown)(...args), undone),
      ]);
    return { ...port, ...Object.fromEntries(calls), ...local } as Port; // because every method of these ports answers a promise
  };

  const connect = (process: Process): Tables => {
    const { store, inbox, outbox, coordination, agendaStore, rows } = tables;
    let closed = false;
    const local: Partial<EventStore> = {
      onAppended: (ring) => {
        const onItsWay = new Set<number>();
        const unsubscribe = store.onAppended((logPartition) => {
          if (!process.isAlive()) return unsubscribe();
          if (onItsWay.has(logPartition) || away.isDown() || decisions.strikes('bell lost', process.name)) return;
          onItsWay.add(logPartition);
          process.timing.after(BELL_MS, () => {
            onItsWay.delete(logPartition);
            ring(logPartition);
          });
        });
        return unsubscribe;
      },
      close: async () => {
        closed = true;
      },
    };
    const heard = over(process, inbox, { undone: messagingError });
    const claim: Inbox['claim'] = async (...asked) => {
      const claimed = await heard.claim(...asked);
      return decisions.strikes('offsets lost', process.name) ? { ...claimed, nextOffset: '0' } : claimed;
    };
    return {
      store: over(process, store, { local, isClosed: () => closed }),
      inbox: { ...heard, claim },
      outbox: over(process, outbox, { undone: messagingError }),
      coordination: over(process, coordination),
      agendaStore: over(process, agendaStore, { undone: effectsError }),
      rows: over(process, rows, { undone: eventStoreError }),
    };
  };

  const failOver = async (lastPosition: number): Promise<void> => {
    const kept = lastPosition === 0 ? [] : await tables.store.readLog(0, 0, lastPosition);
    tables = emptyTables(now, watchers, logPartitions);
    for (const { failedOver } of watchers) failedOver?.();
    for (const event of kept) await tables.store.append({ checks: [], events: [event] });
  };

  return {
    service,
    get tables() {
      return tables;
    },
    outage: away,
    watch: (watcher) => void watchers.push(watcher),
    connect,
    jumpClock: (offsetMs) => {
      clockOffsetMs = offsetMs;
    },
    failOver,
  };
};
