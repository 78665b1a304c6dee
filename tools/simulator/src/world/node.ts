import { announceRecords, topicsOf, type Heard } from '@murmuration/contracts';
import { archiveCodec, flockProjection } from '@murmuration/domain-projections';
import { runAgenda, runProjection, type AgendaLimits } from '@murmuration/effects';
import { commandProcessor, stateCache, type CommandProcessor } from '@murmuration/event-store';
import type { EffectPort, Message } from '@murmuration/kernel';
import {
  decisionsOf,
  lane,
  parkedAnnouncer,
  startMemoryConsumer,
  startRelay,
  type ConsumerListener,
  type DecodeRecord,
  type MemoryBroker,
  type Publisher,
} from '@murmuration/messaging';
import type { Bounds } from '../plan/plan';
import type { Binding } from './bindings';
import type { Tables } from './database';
import { openDoor, type Door } from './door';
import type { Process } from './process';
import type { Tally } from './tally';

/** One process of a service at work. */
export type Node = {
  readonly service: string;
  readonly process: Process;
  readonly execute: Door['execute'];
  /** Asks it to finish and leave, as SIGTERM does. */
  readonly stop: () => Promise<void>;
};

/** What is noted of every event that a service begins to handle. */
export type HeardNote = (hearer: string, heard: Heard) => void;

export type NodeOptions = {
  readonly binding: Binding;
  readonly process: Process;
  readonly tables: Tables;
  readonly broker: MemoryBroker;
  readonly publisher: Publisher;
  readonly port: EffectPort<Message, unknown>;
  readonly limits: Partial<AgendaLimits>;
  readonly bounds: Omit<Bounds, 'agenda'>;
  /** Whether the process can hear what others say. */
  readonly isHearing: () => boolean;
  readonly tally: Tally;
  readonly heard: HeardNote;
  readonly unsentMax?: number;
};

const decodeWith = ({ service, reader }: Binding, process: Process, noted: HeardNote): DecodeRecord => {
  const read = reader(() => process.clock.now());
  return (record) => {
    const made = read(record);
    if (made.kind === 'heard') noted(service, made.heard);
    return made;
  };
};

const listenerOf = (tally: Tally): ConsumerListener => ({
  batch: ({ duplicates, applied, ignored }) => {
    tally.add('record applied', applied);
    tally.add('record ignored by contract', ignored);
    tally.add('duplicate dropped by watermark', duplicates);
  },
  stale: (_record, step, reason) => tally.add(`stale: ${step}: ${reason}`),
  parked: ({ kind }) => tally.add(`record parked: ${kind}`),
  unparked: () => tally.add('record unparked'),
  conflict: () => tally.add('batch decided anew after a conflict'),
  retrying: () => tally.add('consumer waited for its database'),
  breakerOpened: () => tally.add('consumer paused by its breaker'),
  fenced: () => tally.add('zombie consumer fenced'),
  gapOpened: () => tally.add('gap opened'),
  gapAlert: () => tally.add('gap alert'),
  gapClosed: () => tally.add('gap closed'),
  rewound: () => tally.add('source rewound'),
});

/** How long who follows a log sleeps without a bell. Most of a run's time nothing happens, and each look costs a turn. */
const IDLE_POLL_MS = 1_000;
/** More than a run has; a bigger cache only costs time to set up. */
const STREAMS_MAX = 200;

const startRelayOf = ({ binding, process, tables, broker, publisher, tally }: NodeOptions) => {
  const { service, codec, announce } = binding;
  if (announce === undefined) return undefined;
  const { store, outbox, coordination } = tables;
  return startRelay({
    ...{ store, coordination, outbox, publisher, logPartition: 0, source: service, holder: process.name },
    ...{ clock: process.clock, chance: process.timing.chance, pollMs: IDLE_POLL_MS },
    partitionsOf: (topic) => broker.partitionsOf(topic),
    announce: announceRecords(service, codec, announce),
    listener: {
      failed: (doing) => tally.add(`relay failed to ${doing}`),
      leading: (leading) => tally.add(leading ? 'relay took the lead' : 'relay gave up the lead'),
    },
  });
};

const startAgenda = (
  agenda: NonNullable<Binding['agenda']>,
  { binding, process, tables, port, limits, isHearing, tally }: NodeOptions,
  processor: CommandProcessor<Message, Message, Message>,
) =>
  runAgenda({
    ...{ service: binding.service, codec: binding.codec, agenda, port, limits, holder: process.name },
    ...{ store: tables.store, coordination: tables.coordination, agendaStore: tables.agendaStore },
    ...{ timing: process.timing, pollMs: IDLE_POLL_MS },
    execute: (envelope) => processor.execute(envelope),
    caughtUp: isHearing,
    listener: {
      called: (kind, call, outcome) => tally.add(`${call} ${kind}: ${outcome}`),
      retried: (kind, _key, next) => tally.add(`waits to ${next} ${kind} again`),
      settled: (kind, _key, outcome) => tally.add(`settled ${kind}: ${outcome}`),
      fired: (key) => tally.add(`deadline fired: ${key.split(':')[0]}`),
      stale: (key) => tally.add(`stale answer or deadline: ${key.split(':')[0]}`),
      paused: () => tally.add('calls paused by the breaker'),
      failed: () => tally.add('agenda failed and went on'),
    },
  });

const startViews = ({ process, tables, tally }: NodeOptions) =>
  runProjection({
    ...{ name: 'views', store: tables.store, coordination: tables.coordination, rows: tables.rows },
    ...{ projection: flockProjection, holder: process.name, timing: process.timing },
    limits: { pollMs: IDLE_POLL_MS },
    decode: (stored) => archiveCodec.decode(stored).heard,
    failed: () => tally.add('views failed and went on'),
  });

/** Starts a process of a service: all that runs in it runs in production too. */
export const startNode = (options: NodeOptions): Node => {
  const { binding, process, tables, broker, tally, heard, bounds } = options;
  const { recordsPerBatchMax, heldRecordsMax, retryBudgetMs, gapAlertMs } = bounds;
  const { service, model, codec } = binding;
  const { store, inbox } = tables;
  const { clock, timing } = process;
  const { chance } = timing;
  const holder = process.name;
  const cache = stateCache<unknown>(STREAMS_MAX);
  const sleep = (durationMs: number): Promise<void> => new Promise((wake) => void clock.after(durationMs, wake));
  const processor = commandProcessor(model, codec, store, cache, { chance, sleep });
  const door = openDoor({ ...options, service }, processor);

  const relay = startRelayOf(options);
  const consumer = startMemoryConsumer({
    ...{ broker, inbox, reader: store, groupId: service, lane: lane(), holder, clock, chance },
    decisions: decisionsOf(model, codec, cache),
    decode: decodeWith(binding, process, heard),
    topics: topicsOf(binding.heard),
    listener: listenerOf(tally),
    ...(gapAlertMs === undefined ? {} : { gapAlertMs }),
    ...(recordsPerBatchMax === undefined ? {} : { recordsPerBatchMax }),
    ...(heldRecordsMax === undefined ? {} : { heldRecordsMax }),
    ...(retryBudgetMs === undefined ? {} : { retryBudgetMs }),
    ...(binding.announce === undefined ? {} : parkedAnnouncer(service, () => clock.now())),
  });
  const companions = [
    ...(binding.agenda === undefined ? [] : [startAgenda(binding.agenda, options, processor)]),
    ...(service === 'projections' ? [startViews(options)] : []),
  ];

  return {
    service,
    process,
    execute: door.execute,
    stop: async () => {
      door.close();
      await processor.drain();
      await consumer.stop();
      for (const companion of companions) await companion.stop();
      await relay?.stop();
      process.kill();
    },
  };
};
