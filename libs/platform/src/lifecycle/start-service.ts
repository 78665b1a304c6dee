import { announceRecords, parkedSayings } from '@murmuration/contracts';
import { runAgenda, type RunningAgenda } from '@murmuration/effects';
import { topicsOf } from '../transport/reactions';
import { type EffectPort, type Message } from '@murmuration/kernel';
import {
  agendaBesideParked,
  announceBesideParked,
  codecBesideParked,
  decisionsOf,
  lane,
  parkedAnnouncer,
  startRelay,
  systemClock,
  type Relay,
} from '@murmuration/messaging';
import type { Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { serviceCore, type ServiceCore } from '../service-core';
import type { Consume, RunningConsumer } from '../transport/flock-server';
import { assembleService } from './assemble-service';
import type { Flow } from './flow';
import { FlowWatch } from './flow-watch';
import { serviceBacklog, type UnsentEvents } from './service-backlog';
import type { ServiceDefinition } from './service-definition';
import type { ServiceStorage } from './service-storage';

export type StartOptions = {
  readonly storage: ServiceStorage;
  readonly flow: Flow;
  readonly logger: Logger;
  /** Names this process among the replicas. */
  readonly holder: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly bodyLimitBytes: number;
  /** From how many events on that wait to be sent nothing new is taken on. */
  readonly unsentEvents?: UnsentEvents;
  /** How long a stop waits for the external calls in hand; ten seconds by default. Who takes over asks what became of the others. */
  readonly callsGraceMs?: number;
  /** Told of what this process cannot go on with. */
  readonly onFatal: (error: unknown) => void;
};

export type StartedService = {
  /** Where it listens, e.g. `http://127.0.0.1:3001`. */
  readonly url: string;
  /**
   * Drains: asks for no more work, answers what it was asked, finishes the records and calls in hand, and gives up its
   * leases. Storage and flow stay the caller's to close.
   */
  readonly stop: () => Promise<void>;
};

/** How long a start waits to learn that the topics are not as they must be; a broker that is away is waited for elsewhere. */
const OPEN_WAIT_MS = 3_000;

const nobody: EffectPort<never, never> = {
  perform: (key) => Promise.reject(new Error(`this service makes no external calls, got ${key}`)),
  query: (key) => Promise.reject(new Error(`this service makes no external calls, got ${key}`)),
};

const gauges = (metrics: Metrics, { inbox, agendaStore }: ServiceStorage): void => {
  metrics.gauge('murmuration_parked_records', 'Records that wait for somebody to decide.', () => inbox.countParked());
  metrics.gauge(
    'murmuration_effects_open',
    'External calls intended and not ended.',
    async () => (await agendaStore.counts()).effects,
  );
  metrics.gauge(
    'murmuration_deadlines_open',
    'Waits that have a deadline.',
    async () => (await agendaStore.counts()).deadlines,
  );
};

/** Starts a service: it answers requests at once, and takes part in the flock as soon as the broker is there. */
export const startService = async <
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  definition: ServiceDefinition<Command, Event, State, Rejection, Effect, Result>,
  options: StartOptions,
): Promise<StartedService> => {
  const { storage, flow, logger, holder, host, port, bodyLimitBytes, unsentEvents, onFatal } = options;
  const metrics = new Metrics(definition.service);
  const watch = new FlowWatch(logger, metrics);
  const core = serviceCore(definition.rules, storage.store);
  const backlog = serviceBacklog(definition.announce !== undefined, storage, { logger, metrics }, unsentEvents);
  const opened = flow.open().then(() => watch.opened());
  const stopping = new AbortController();

  const whenOpen = (begin: () => Promise<void> | void): void => {
    opened
      .then(() => (stopping.signal.aborted ? undefined : begin()))
      .catch((error: unknown) => (stopping.signal.aborted ? undefined : onFatal(error)));
  };

  let consumer: RunningConsumer | undefined;
  watch.hears(() => consumer !== undefined && (consumer.joined?.() ?? true));
  const consume: Consume = (decode) => {
    whenOpen(async () => {
      consumer = await flow.startConsumer({
        ...{ inbox: storage.inbox, reader: storage.store, decode, holder, groupId: definition.service },
        ...{ decisions: decisionsOf(core.model, core.codec, core.cache), lane: lane() },
        ...{ clock: systemClock, chance: Math.random, listener: watch.ofConsumer },
        // Whoever announces nothing has no relay, and shows its parked records to those who ask.
        ...(definition.announce === undefined ? {} : parkedAnnouncer(definition.service, () => systemClock.now())),
        topics: topicsOf(definition.hears),
      });
    });
    return Promise.resolve({ stop: async () => consumer?.stop() });
  };

  const { app, health } = await assembleService(definition, core, {
    ...{ storage, logger, metrics, bodyLimitBytes, consume, backlog, checks: [...watch.checks, ...backlog.checks] },
  });
  gauges(metrics, storage);
  await app.startAllMicroservices();
  // What was full before the start is full from the first request on.
  await Promise.race([
    Promise.all([opened, backlog.counted]),
    new Promise((resolve) => setTimeout(resolve, OPEN_WAIT_MS).unref()),
  ]);
  await app.listen(port, host);

  const relays: Relay[] = [];
  whenOpen(() => void relays.push(...startRelays(definition, core, watch, options)));
  const agenda = startAgenda(definition, core, { watch, metrics }, options);
  const companions = (definition.companions ?? []).map((begin) => begin());
  return {
    url: await app.getUrl(),
    stop: async () => {
      stopping.abort();
      health.stop();
      // Ends the consumer too, which Nest hosts.
      await app.close();
      await Promise.all(companions.map((companion) => companion.stop()));
      // Before the rules take no more commands: the calls in hand still have to say how they ended.
      await agenda?.stop(options.callsGraceMs);
      await core.processor.drain();
      await Promise.all(relays.map((relay) => relay.stop()));
      backlog.stop();
      await flow.publisher.close();
    },
  };
};

const startRelays = <Command extends Message, Event extends Message, State, Rejection extends Message>(
  { service, announce }: Pick<ServiceDefinition<Command, Event, State, Rejection>, 'service' | 'announce'>,
  { codec }: ServiceCore<Command, Event, State, Rejection>,
  watch: FlowWatch,
  { storage, flow, holder }: StartOptions,
): readonly Relay[] => {
  if (announce === undefined) return [];
  const { store, outbox, coordination } = storage;
  const announceAll = announceBesideParked(announce, parkedSayings(service));
  return Array.from({ length: store.logPartitions }, (_, logPartition) =>
    startRelay({
      ...{ store, logPartition, outbox, coordination, holder, source: service },
      ...{ publisher: flow.publisher, partitionsOf: flow.partitionsOf },
      announce: announceRecords(service, codecBesideParked(codec), announceAll),
      ...{ clock: systemClock, chance: Math.random },
      listener: watch.relayOf(logPartition),
    }),
  );
};

const startAgenda = <
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  { service, agenda }: ServiceDefinition<Command, Event, State, Rejection, Effect, Result>,
  { codec, processor }: ServiceCore<Command, Event, State, Rejection>,
  { watch, metrics }: { readonly watch: FlowWatch; readonly metrics: Metrics },
  { storage, holder }: StartOptions,
): RunningAgenda | undefined => {
  if (agenda === undefined) return undefined;
  const { store, coordination, agendaStore } = storage;
  return runAgenda({
    ...{ service, store, coordination, agendaStore, holder, listener: watch.ofAgenda },
    ...{ codec: codecBesideParked(codec), agenda: agendaBesideParked(agenda.rules) },
    port: agenda.port ?? (nobody as EffectPort<Effect, Result>),
    execute: async (envelope) => {
      const executed = await processor.execute(envelope);
      if (executed.outcome === 'accepted') metrics.eventsAppended('agenda', executed.events.length);
      return executed;
    },
    // While this service is deaf or has much to read, what it waits for may have been said.
    caughtUp: watch.isCaughtUp,
  });
};
