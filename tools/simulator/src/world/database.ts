import { memoryAgendaStore, type AgendaStore } from '@murmuration/effects';
import {
  EventStoreError,
  memoryCoordination,
  memoryEventStore,
  type Coordination,
  type EventStore,
} from '@murmuration/event-store';
import { memoryInbox, memoryOutbox, type Inbox, type Outbox } from '@murmuration/messaging';
import { outage, type Outage } from './outages';
import type { Fate, Process, Surroundings } from './process';

/** What one service keeps in its PostgreSQL. */
export type Tables = {
  readonly store: EventStore;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly coordination: Coordination;
  readonly agendaStore: AgendaStore;
};

/** One service's database. It outlives every process of the service. */
export type Database = {
  readonly service: string;
  /** As the server itself has them, for whoever looks in from outside the flock. */
  readonly tables: Tables;
  readonly outage: Outage;
  /** The tables as one process reaches them. */
  readonly connect: (process: Process) => Tables;
};

/** What a client waits before it takes a cut connection for one. */
const CONNECTION_TIMEOUT_MS = 200;
const BELL_MS = 2;

/** Reads change nothing, so whether they took effect is no question. */
const READS = /^(read|find|list|count|lastPosition|openEffects|dueDeadlines)/;

export const simulatedDatabase = (service: string, { time, decisions }: Surroundings): Database => {
  const now = time.now;
  const store = memoryEventStore({ now });
  const tables: Tables = {
    store,
    inbox: memoryInbox(store, { now }),
    outbox: memoryOutbox(),
    coordination: memoryCoordination({ now }),
    agendaStore: memoryAgendaStore({ now }),
  };
  const away = outage(time);
  const unavailable = (): Error => new EventStoreError('unavailable', `the database of ${service} gave no answer`);

  const fateOf = (process: Process, site: string): Fate => {
    const where = `${process.name} ${site}`;
    const failure = { failure: unavailable, failsAfterMs: CONNECTION_TIMEOUT_MS };
    if (away.isDown() || decisions.strikes('database refuses', where))
      return { there: 'lost', back: 'lost', ...failure };
    const isInDoubt = !READS.test(site) && decisions.strikes('commit outcome unknown', where);
    return { there: 'arrives', back: isInDoubt ? 'lost' : 'arrives', ...failure };
  };

  /** Every call of the port goes over the connection. */
  const over = <Port extends object>(process: Process, port: Port, local: Partial<Port> = {}): Port => {
    const calls = Object.entries(port)
      .filter(([, member]) => typeof member === 'function')
      .map(([name, member]) => [
        name,
        (...args: readonly unknown[]) =>
          process.ask(
            name,
            () => (member as (...given: readonly unknown[]) => unknown)(...args),
            fateOf(process, name),
          ),
      ]);
    return { ...port, ...Object.fromEntries(calls), ...local } as Port; // because every method of these ports answers a promise
  };

  const connect = (process: Process): Tables => ({
    store: over(process, tables.store, {
      onAppended: (ring) => {
        const unsubscribe = store.onAppended((logPartition) => {
          if (!process.isAlive()) return unsubscribe();
          if (away.isDown() || decisions.strikes('bell lost', process.name)) return;
          process.timing.after(BELL_MS, () => ring(logPartition));
        });
        return unsubscribe;
      },
      close: () => Promise.resolve(),
    }),
    inbox: over(process, tables.inbox, {
      claim: async (group, topic, partition, holder) => {
        const site = 'claim';
        const claim = await process.ask(
          site,
          () => tables.inbox.claim(group, topic, partition, holder),
          fateOf(process, site),
        );
        return decisions.strikes('offsets lost', process.name) ? { ...claim, nextOffset: '0' } : claim;
      },
    }),
    outbox: over(process, tables.outbox),
    coordination: over(process, tables.coordination),
    agendaStore: over(process, tables.agendaStore),
  });

  return { service, tables, outage: away, connect };
};
