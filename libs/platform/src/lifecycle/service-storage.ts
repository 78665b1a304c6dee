import { memoryAgendaStore, type AgendaStore } from '@murmuration/effects';
import { memoryCoordination, memoryEventStore, type Coordination, type EventStore } from '@murmuration/event-store';
import { memoryInbox, memoryOutbox, type Inbox, type Outbox } from '@murmuration/messaging';
import type { ComponentCheck } from '../health/health';
import { systemNow } from '../http/command-context';

/** Where a service keeps its events, what it has heard, how far it has told the others, what it must still do, and who may do it. */
export type ServiceStorage = {
  readonly store: EventStore;
  readonly coordination: Coordination;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly agendaStore: AgendaStore;
  readonly checks: readonly ComponentCheck[];
  close(): Promise<void>;
};

/** Keeps everything in this process. */
export const memoryStorage = (now = systemNow): ServiceStorage => {
  const store = memoryEventStore({ now });
  return {
    store,
    coordination: memoryCoordination({ now }),
    inbox: memoryInbox(store, { now }),
    outbox: memoryOutbox(),
    agendaStore: memoryAgendaStore({ now }),
    checks: [{ name: 'database', vital: true, check: () => ({ status: 'up', detail: 'in memory' }) }],
    close: () => store.close(),
  };
};
