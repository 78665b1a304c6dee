import { type CommandEnvelope, type Decided, type DecisionBatch, derivedId } from '@murmuration/event-store';
import type { Instant, Message } from '@murmuration/kernel';
import type { HeardRecord, StepReaction } from '../heard';
import type { Claim, ParkedRecord } from '../inbox.port';
import type { Inbound } from '../link';
import type { Admitted } from './admission';
import type { Decoded } from './decode-record';
import {
  decideCommand,
  readMissing,
  type Decisions,
  type Failure,
  type Hindrances,
  type StreamReader,
} from './decisions';

/** An admitted record and what the service makes of it. */
export type Prepared<Command extends Message> = Admitted & {
  readonly decoded: Decoded<Command>;
};

/** Records that are decided and stored together. */
export type Slice<Command extends Message> = {
  readonly items: readonly Prepared<Command>[];
  /** One record by itself, on freshly read streams, so that whatever stops it is surely its own. */
  readonly alone: boolean;
  /** How often it has met other versions than it was decided on. */
  readonly conflicts: number;
  /** How often the store failed it for no reason that is clear, though it was there. */
  readonly failures: number;
  /** How long it has waited for its next attempt, all in all: its share of the retry budget. */
  readonly waitedMs: number;
  /** Left behind by a record that was tried alone; when it fails as well, so is each of these. */
  readonly isRest?: true;
  /** Set once it is known that the only record cannot be stored. */
  readonly parkWith?: string;
  /** It may be the store's fault all the same. */
  readonly onTrial?: true;
  /** How much of the parked record is left out, because the store refuses it as it is. */
  readonly cut?: CutLevel;
};

/** From what is missed least to what is missed most. */
export type CutLevel = 1 | 2 | 3;
export const CUT_MAX = 3;

export type StaleNote = { readonly record: Inbound; readonly step: string; readonly reason: string };

export type DecidedSlice<Command extends Message> = {
  readonly batch: DecisionBatch<Command, Message, Message>;
  readonly decided: Decided[];
  readonly parked: ParkedRecord[];
  readonly stale: StaleNote[];
  applied: number;
  ignored: number;
  /** Index of the first record that cannot be decided with the others; what is decided ends before it. */
  trouble?: number;
};

type Progress<Command extends Message> = {
  readonly envelopes: readonly CommandEnvelope<Command>[];
  next: number;
  readonly mine: Decided[];
};

/** Why a record is not decided: a stream became needed that was not read, or it never can be. */
type Obstacle<Command extends Message> = { readonly unforeseen: Command } | { readonly failure: Failure };

type Place = Pick<Claim, 'group' | 'topic' | 'partition'>;

export type DecidingOptions<Command extends Message> = {
  readonly place: Place;
  readonly decisions: Decisions<Command>;
  readonly reader: StreamReader;
  readonly now: () => Instant;
};

const WITHOUT_LINK = 'no valid link headers';
const REASON_CHARS_MAX = 500;

/** A key as it names a queue, which every database can keep. */
export const queueKeyOf = (key: string): string => key.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD');

const CUTS: Readonly<Record<CutLevel, string>> = {
  1: 'cut to be kept at all: the headers',
  2: 'cut to be kept at all: the headers and the value',
  3: 'cut to be kept at all: the headers, the value and the key',
};

/** As much of a record as may be kept; the order of its key is kept with it as long as it can be. */
const cutDown = (parked: ParkedRecord, level: CutLevel): ParkedRecord => {
  const reason = `${parked.reason.slice(0, REASON_CHARS_MAX)} (${CUTS[level]})`;
  const kept = { ...parked, reason, headers: {}, value: level > 1 ? null : parked.value };
  return level > 2 ? { ...kept, key: null, holdsKey: false } : kept;
};

export const parkedRecordOf = (
  { group, topic, partition }: Place,
  { record, linked }: Pick<Admitted, 'record' | 'linked'>,
  why: Pick<ParkedRecord, 'kind' | 'reason' | 'parkedAt' | 'step'>,
): ParkedRecord => ({
  id: `${group}:${topic}:${partition}:${record.offset}`,
  ...{ topic, partition, offset: record.offset },
  ...{ key: record.key && queueKeyOf(record.key), value: record.value, headers: record.headers },
  holdsKey: linked !== undefined && record.key !== null,
  ...why,
});

export const envelopesOf = <Command extends Message>(
  { id, correlationId, hop, traceparent }: HeardRecord,
  { step, commands }: StepReaction<Command>,
): readonly CommandEnvelope<Command>[] => {
  const metadata = {
    ...{ correlationId, causationId: id, actor: `step:${step}`, hop: hop + 1 },
    ...(traceparent !== undefined && { traceparent }),
  };
  return commands.map((command, index) => ({ commandId: derivedId(id, step, String(index)), command, metadata }));
};

/** Asked for every record, and almost always there is nothing parked at all. */
export const isParked = (keys: { readonly size: number; has(key: string): boolean }, key: string): boolean =>
  keys.size > 0 && keys.has(queueKeyOf(key));

export const commandsOf = <Command extends Message>({ decoded }: Prepared<Command>): readonly Command[] =>
  decoded.kind === 'heard' ? decoded.reaction.commands : [];

/**
 * Decides a slice's commands in order, each on the state that the ones before it left. A record that cannot be decided
 * ends the slice before it, unless it is alone: then it is parked with what its refusal was built on. Rejects as the reader
 * does, and for a record alone whose binding cannot answer now.
 */
export const decideSlice = async <Command extends Message>(
  { items, alone, parkWith, cut }: Slice<Command>,
  parkedKeys: ReadonlyMap<string, unknown>,
  { place, decisions, reader, now }: DecidingOptions<Command>,
  batch: DecisionBatch<Command, Message, Message> = alone ? decisions.fresh() : decisions.shared(),
): Promise<DecidedSlice<Command>> => {
  const slice: DecidedSlice<Command> = { batch, decided: [], parked: [], stale: [], applied: 0, ignored: 0 };
  const hindrances: Hindrances<Command> = { streams: new Map(), commands: new Map() };
  const waitsFor = new Set<string>();

  const park = (item: Prepared<Command>, why: Pick<ParkedRecord, 'kind' | 'reason' | 'step'>): void => {
    const whole = parkedRecordOf(place, item, { ...why, parkedAt: now() });
    const parked = cut === undefined ? whole : cutDown(whole, cut);
    slice.parked.push(parked);
    if (parked.holdsKey && parked.key !== null) waitsFor.add(parked.key);
  };
  const isHeld = ({ record: { key } }: Prepared<Command>): boolean =>
    key !== null && (isParked(parkedKeys, key) || isParked(waitsFor, key));

  const decideRecord = (
    item: Prepared<Command>,
    { stale, step }: StepReaction<Command>,
    progress: Progress<Command>,
  ): Obstacle<Command> | undefined => {
    const { envelopes, mine } = progress;
    for (let envelope = envelopes[progress.next]; envelope; envelope = envelopes[progress.next]) {
      const result = decideCommand(batch, envelope, hindrances);
      if (result.outcome === 'missing') return { unforeseen: envelope.command };
      if (result.outcome === 'failed') return { failure: result };
      mine.push(result.decided);
      progress.next += 1;
      if (result.refusal === undefined) continue;
      if (!stale.has(result.refusal)) return { failure: { kind: 'failed', reason: `refused: ${result.refusal}` } };
      slice.stale.push({ record: item.record, step, reason: result.refusal });
    }
    slice.decided.push(...mine);
    slice.applied += 1;
    return undefined;
  };

  /** Answers why the record must be parked, or nothing. It waits only where a stream was not foreseen. */
  const decidePersistently = async (
    item: Prepared<Command>,
    reaction: StepReaction<Command>,
    progress: Progress<Command>,
    unforeseen: Command,
  ): Promise<Failure | undefined> => {
    let missing = unforeseen;
    for (let round = 0; round <= progress.envelopes.length; round++) {
      await readMissing(batch, [missing], reader, hindrances);
      const obstacle = decideRecord(item, reaction, progress);
      if (obstacle === undefined || 'failure' in obstacle) return obstacle?.failure;
      missing = obstacle.unforeseen;
    }
    return { kind: 'failed', reason: `${missing.type} names ever more streams` };
  };

  const readable = items.filter((item) => !isHeld(item));
  if (parkWith === undefined) await readMissing(batch, readable.flatMap(commandsOf), reader, hindrances);

  for (const [index, item] of items.entries()) {
    const { decoded, linked } = item;
    if (linked === undefined) {
      park(item, { kind: 'undecodable', reason: WITHOUT_LINK });
    } else if (isHeld(item)) {
      park(item, { kind: 'queued', reason: 'an earlier record of its key is parked' });
    } else if (decoded.kind === 'ignored') {
      slice.ignored += 1;
    } else if (decoded.kind === 'unavailable') {
      if (parkWith !== undefined) {
        park(item, { kind: 'failed', reason: parkWith });
        continue;
      }
      if (alone) throw decoded.error;
      slice.trouble = index;
      return slice;
    } else if (decoded.kind !== 'heard') {
      park(item, { kind: decoded.kind, reason: decoded.reason });
    } else {
      const { heard, reaction } = decoded;
      const { step } = reaction;
      if (parkWith !== undefined) {
        park(item, { kind: 'failed', reason: parkWith, step });
        continue;
      }
      const progress = { envelopes: envelopesOf(heard, reaction), next: 0, mine: [] };
      const obstacle = decideRecord(item, reaction, progress);
      const failure =
        obstacle === undefined || 'failure' in obstacle
          ? obstacle?.failure
          : await decidePersistently(item, reaction, progress, obstacle.unforeseen);
      if (failure === undefined) continue;
      if (!alone) {
        slice.trouble = index;
        return slice;
      }
      slice.decided.push(...progress.mine.map(withoutEvents));
      park(item, { kind: failure.kind, reason: failure.reason, step });
    }
  }
  return slice;
};

/** What was accepted before a refusal is not stored, yet the refusal holds only for the versions it was made on. */
const withoutEvents = ({ decision, request }: Decided): Decided => ({ decision, request: { ...request, events: [] } });
