import {
  decodeRecord,
  encodeRecord,
  reactionsByEvent,
  STEPS,
  topicOf,
  type IntegrationEvent,
  type Reaction,
  type Reactions,
  type ServiceName,
} from '@murmuration/contracts';
import { memoryAgendaStore, runAgenda } from '@murmuration/effects';
import {
  commandProcessor,
  derivedId,
  memoryCoordination,
  memoryEventStore,
  stateCache,
  type EventCodec,
  type EventStore,
  type Executed,
} from '@murmuration/event-store';
import type { Agenda, DecisionModel, EffectPort, Instant, Message } from '@murmuration/kernel';
import {
  decisionsOf,
  lane,
  memoryInbox,
  memoryOutbox,
  memoryPublisher,
  startMemoryConsumer,
  startRelay,
  systemClock,
  type DecodeRecord,
  type Inbox,
  type MemoryBroker,
} from '@murmuration/messaging';

type HearingService = Exclude<ServiceName, 'projections'>;

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

/** Events are stored as they are: within one process there is one version of each. */
const plainCodec = <Event extends Message>(): EventCodec<Event> => ({
  encode: ({ type, ...data }) => ({ type, schemaVersion: 1, data: JSON.stringify(data) }),
  decode: ({ type, data }) => ({ type, ...(JSON.parse(data) as object) }) as Event, // because it was encoded above
});

const decodeWith =
  (reactions: ReadonlyMap<string, Reaction>, now: () => Instant): DecodeRecord =>
  ({ headers, value }) => {
    const decoded = decodeRecord(headers, value === null ? null : value.toString('utf8'));
    if (decoded.kind === 'unknown-type') return { kind: 'undecodable', reason: `unknown type ${decoded.type}` };
    if (decoded.kind === 'undecodable') return decoded;
    const reaction = reactions.get(decoded.event.name);
    if (reaction === undefined) return { kind: 'ignored', why: 'no step hears it' };
    const { step, stale } = reaction;
    return {
      kind: 'heard',
      heard: decoded.event,
      reaction: { step, stale, commands: reaction.react(decoded.event, now()) },
    };
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
  const codec = plainCodec<Event>();
  const cache = stateCache<State>();
  const processor = commandProcessor(model, codec, store, cache);
  const inbox = memoryInbox(store);
  const shared = { clock: systemClock, chance, holder: service };
  const heard = STEPS[service].flatMap(({ hears }) => [...hears]);

  const relay = startRelay({
    ...{ ...shared, store, coordination, logPartition: 0, outbox: memoryOutbox(), source: service },
    publisher: memoryPublisher(broker),
    partitionsOf: (topic) => broker.partitionsOf(topic),
    announce: (stored) => {
      const said = announce(codec.decode(stored));
      if (said === undefined) return undefined;
      const { correlationId, causationId, hop } = stored.metadata;
      const provenance = {
        id: stored.eventId,
        source: service,
        time: stored.recordedAt,
        correlationId,
        causationId,
        hop,
      };
      return { topic: topicOf(service), ...encodeRecord(said, provenance) };
    },
  });
  const consumer = startMemoryConsumer({
    ...{ ...shared, broker, inbox, reader: store, groupId: service, lane: lane() },
    decisions: decisionsOf(model, codec, cache),
    decode: decodeWith(reactionsByEvent<Service, Command, Rejection>(reactions), now) as DecodeRecord<Command>,
    topics: [...new Set(heard.map((name) => topicOf(name.split('.')[0] as ServiceName)))],
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
