import {
  announcementOf,
  bindReactions,
  heardBy,
  topicsOf,
  type HearingService,
  type IntegrationEvent,
  type Reactions,
} from '@murmuration/contracts';
import { memoryAgendaStore, runAgenda } from '@murmuration/effects';
import {
  commandProcessor,
  derivedId,
  jsonCodec,
  memoryCoordination,
  memoryEventStore,
  stateCache,
  type EventStore,
  type Executed,
} from '@murmuration/event-store';
import type { Agenda, DecisionModel, EffectPort, Instant, Message, StoredShapes } from '@murmuration/kernel';
import {
  decisionsOf,
  lane,
  memoryInbox,
  memoryOutbox,
  memoryPublisher,
  startMemoryConsumer,
  startRelay,
  systemClock,
  type Inbox,
  type MemoryBroker,
} from '@murmuration/messaging';

/** The pure side of one service. */
export type MemberRules<
  Service extends HearingService,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
> = {
  readonly service: Service;
  readonly model: DecisionModel<Command, Event, State, Rejection>;
  readonly shapes: StoredShapes<Event>;
  readonly reactions: Reactions<Service, Command, Rejection>;
  readonly announce: (event: Event) => IntegrationEvent | undefined;
  readonly agenda: Agenda<Event, Command, Effect, Result>;
  readonly port: EffectPort<Effect, Result>;
};

/** One service at work within this process. */
export type Member<Command extends Message, Event extends Message, State, Rejection extends Message> = {
  readonly service: HearingService;
  readonly store: EventStore;
  readonly inbox: Inbox;
  execute(command: Command, commandId?: string): Promise<Executed<Event, Rejection>>;
  read(streamId: string): Promise<State>;
  stop(): Promise<void>;
};

let commands = 0;

/** Starts a service on a memory store: its command processor, relay, consumer and agenda are the ones that run in production. */
export const startMember = <
  Service extends HearingService,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  {
    service,
    model,
    shapes,
    reactions,
    announce,
    agenda,
    port,
  }: MemberRules<Service, Command, Event, State, Rejection, Effect, Result>,
  broker: MemoryBroker,
): Member<Command, Event, State, Rejection> => {
  const now = (): Instant => systemClock.now();
  const chance = Math.random;
  const store = memoryEventStore({ now });
  const coordination = memoryCoordination({ now });
  const codec = jsonCodec<Event>(shapes);
  const cache = stateCache<State>();
  const processor = commandProcessor(model, codec, store, cache);
  const inbox = memoryInbox(store, { now });
  const shared = { clock: systemClock, chance, holder: service };

  const relay = startRelay({
    ...{ ...shared, store, coordination, logPartition: 0, outbox: memoryOutbox(), source: service },
    publisher: memoryPublisher(broker),
    partitionsOf: (topic) => broker.partitionsOf(topic),
    announce: (stored) => announcementOf(service, announce(codec.decode(stored)), stored),
  });
  const consumer = startMemoryConsumer({
    ...{ ...shared, broker, inbox, reader: store, groupId: service, lane: lane() },
    decisions: decisionsOf(model, codec, cache),
    decode: bindReactions<Service, Command, Rejection>(reactions, now),
    topics: topicsOf(heardBy(service)),
  });
  const running = runAgenda({
    ...{ service, store, coordination, codec, agenda, port, holder: service },
    agendaStore: memoryAgendaStore({ now }),
    execute: (envelope) => processor.execute(envelope),
  });

  return {
    service,
    store,
    inbox,
    execute: (command, commandId = derivedId('flock', String(++commands))) =>
      processor.execute({
        commandId,
        command,
        metadata: { correlationId: commandId, causationId: commandId, actor: 'flock', hop: 0 },
      }),
    read: async (streamId) => {
      const events = (await store.readStreams([{ streamId }])).get(streamId) ?? [];
      return events.reduce((state, stored) => model.evolve(state, codec.decode(stored)), model.initial(streamId));
    },
    stop: async () => {
      await processor.drain();
      await consumer.stop();
      await running.stop();
      await relay.stop();
      await store.close();
    },
  };
};
