import {
  type EventMetadata,
  type EventStore,
  type StateCache,
  commandProcessor,
  derivedId,
  jsonCodec,
  memoryEventStore,
  stateCache,
} from '@murmuration/event-store';
import { accept, type DecisionModel, type Instant, instant, instantOfEpochMs, reject } from '@murmuration/kernel';
import type { Clock } from './clock.port';
import type { ConsumerListener } from './consumer-listener';
import { type Decisions, decisionsOf } from './core/decisions';
import type { Announce } from './core/plan-relay';
import type { DecodeRecord } from './heard';
import type { Inbound } from './link';

/** Two small services: one says how many birds were seen at a place, the other counts them. */
export const SIGHTINGS = 'sightings.events.v1';

export type CountCommand =
  | { readonly type: 'Count'; readonly place: string; readonly birds: number }
  | { readonly type: 'Explode'; readonly place: string }
  | { readonly type: 'Forbid'; readonly place: string }
  | { readonly type: 'Ignore'; readonly place: string };
export type Counted = { readonly type: 'Counted'; readonly place: string; readonly birds: number };
type Tally = { readonly birds: number; readonly counts: readonly number[] };
type CountRejection = { readonly type: 'PlaceIsClosed' | 'NothingToCount' };

export const counting: DecisionModel<CountCommand, Counted, Tally, CountRejection> = {
  streamsOf: ({ place }) => [`place-${place}`],
  streamOf: ({ place }) => `place-${place}`,
  initial: () => ({ birds: 0, counts: [] }),
  evolve: ({ birds, counts }, event) => ({ birds: birds + event.birds, counts: [...counts, event.birds] }),
  decide: (command) => {
    if (command.type === 'Explode') throw new Error('a bug in the rules');
    if (command.type === 'Forbid') return reject({ type: 'PlaceIsClosed' });
    if (command.type === 'Ignore') return reject({ type: 'NothingToCount' });
    return accept({ type: 'Counted', place: command.place, birds: command.birds });
  },
};
export const countingCodec = jsonCodec<Counted>({ Counted: { version: 1 } });

type Sighting = { readonly place: string; readonly birds: number; readonly command?: CountCommand['type'] };

/** Every stored event of the first service is a record; `silent` ones are not announced. */
export const announceSighting: Announce = ({ eventId, type, data, metadata }) => {
  if (type === 'Silent') return undefined;
  const { place } = JSON.parse(data) as Sighting;
  return {
    ...{ topic: SIGHTINGS, key: place, value: data },
    headers: { ce_id: eventId, ce_correlationid: metadata.correlationId, hop: String(metadata.hop) },
  };
};

const commandsOf = ({ place, birds, command }: Sighting): CountCommand[] =>
  command === undefined || command === 'Count' ? [{ type: 'Count', place, birds }] : [{ type: command, place }];

export const decodeSighting: DecodeRecord<CountCommand> = ({ value, headers }) => {
  let sighting: Sighting;
  try {
    sighting = JSON.parse(value?.toString() ?? '') as Sighting;
  } catch (error) {
    return { kind: 'undecodable', reason: `not JSON: ${String(error)}` };
  }
  return {
    kind: 'heard',
    heard: {
      id: headers['ce_id'] ?? '',
      correlationId: headers['ce_correlationid'] ?? '',
      hop: Number(headers['hop'] ?? '0'),
    },
    reaction: { step: 'count-birds', commands: commandsOf(sighting), stale: new Set(['NothingToCount']) },
  };
};

export const START = instant('2026-03-01T09:30:00.000Z');

/** Time that passes as fast as it can: timers fire in order of their instants, in turns of the event loop. */
export const hastyClock = (): Clock & { readonly advanceMs: (durationMs: number) => void } => {
  let nowMs = Date.parse(START);
  const timers = new Set<NodeJS.Immediate>();
  return {
    now: () => instantOfEpochMs(nowMs),
    after: (delayMs, fire) => {
      const timer = setImmediate(() => {
        timers.delete(timer);
        nowMs += delayMs;
        fire();
      });
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearImmediate(timer);
      };
    },
    advanceMs: (durationMs) => {
      nowMs += durationMs;
    },
  };
};

/** Time in which no timer ever fires by itself. */
export const stillClock = (now: Instant = START): Clock & { readonly fireAll: () => void } => {
  const timers = new Set<() => void>();
  return {
    now: () => now,
    after: (_delayMs, fire) => {
      timers.add(fire);
      return () => void timers.delete(fire);
    },
    fireAll: () => {
      for (const fire of [...timers]) fire();
    },
  };
};

export const metadata: EventMetadata = { correlationId: 'saga-1', causationId: 'cause-1', actor: 'tester', hop: 0 };

let said = 0;

/** Stores sightings in the first service's store, in order. */
export const see = async (store: EventStore, ...sightings: readonly Sighting[]): Promise<readonly string[]> => {
  const events = sightings.map((sighting) => ({
    ...{ streamId: `sighting-${sighting.place}`, eventId: derivedId('sighting', String(said++)), type: 'Seen' },
    ...{ schemaVersion: 1, data: JSON.stringify(sighting), metadata },
  }));
  const verdict = await store.append({ checks: [], events });
  if (verdict.outcome !== 'appended') throw new Error(`expected an append, got ${verdict.outcome}`);
  return events.map(({ eventId }) => eventId);
};

/** The counts of a place, in the order in which they were decided. */
export const countsOf = async (store: EventStore, place: string): Promise<readonly number[]> => {
  const streamId = `place-${place}`;
  const stored = (await store.readStreams([{ streamId }])).get(streamId) ?? [];
  return stored.map((event) => countingCodec.decode(event).birds);
};

export type CountingService = {
  readonly store: EventStore;
  readonly cache: StateCache<Tally>;
  readonly decisions: Decisions<CountCommand>;
  readonly execute: (command: CountCommand) => Promise<unknown>;
};

export const countingService = (store: EventStore = newStore()): CountingService => {
  const cache = stateCache<Tally>();
  const processor = commandProcessor(counting, countingCodec, store, cache);
  let commands = 0;
  return {
    ...{ store, cache, decisions: decisionsOf(counting, countingCodec, cache) },
    execute: (command) =>
      processor.execute({ commandId: derivedId('by-hand', String(commands++), String(said++)), command, metadata }),
  };
};

export const newStore = (): EventStore => memoryEventStore({ now: () => START });

/** Remembers all that a consumer tells. */
export const hearsay = () => {
  const heard: { readonly what: string; readonly about: Record<string, unknown> }[] = [];
  const note = (what: string) => (about: unknown) => void heard.push({ what, about: about as Record<string, unknown> });
  const listener: ConsumerListener = {
    batch: note('batch'),
    stale: (record, step, reason) => note('stale')({ offset: record.offset, step, reason }),
    parked: note('parked'),
    unparked: (key) => note('unparked')({ key }),
    conflict: note('conflict'),
    retrying: note('retrying'),
    breakerOpened: note('breakerOpened'),
    breakerClosed: note('breakerClosed'),
    gapOpened: note('gapOpened'),
    gapAlert: note('gapAlert'),
    gapClosed: note('gapClosed'),
    rewound: note('rewound'),
    claimed: note('claimed'),
    fenced: note('fenced'),
    dropped: note('dropped'),
    settlingFailed: note('settlingFailed'),
    wishesFailed: (reason) => note('wishesFailed')({ reason }),
    pruningFailed: (reason) => note('pruningFailed')({ reason }),
  };
  return {
    listener,
    /** What was told, in order. */
    order: () => heard.map(({ what }) => what),
    all: (what: string) => heard.filter((one) => one.what === what).map(({ about }) => about),
    sum: (figure: string) =>
      heard.filter(({ what }) => what === 'batch').reduce((sum, { about }) => sum + Number(about[figure]), 0),
  };
};

/** A relay's record as its broker gives it back. */
export const inboundOf = (
  record: {
    readonly topic: string;
    readonly partition: number;
    readonly key: string;
    readonly value: string;
    readonly headers: Readonly<Record<string, string>>;
  },
  offset: number,
): Inbound => ({ ...record, value: Buffer.from(record.value), offset: String(offset), timestamp: START });
