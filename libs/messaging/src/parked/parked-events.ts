import { derivedId, jsonCodec, type EventCodec, type NewEvent } from '@murmuration/event-store';
import type { Agenda, Instant, Message } from '@murmuration/kernel';
import type { ParkedRecord, SettledRecord } from '../inbox.port';

/** What a service says of a record that it could not apply. */
export type ParkedData = {
  readonly parkedId: string;
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Why it was parked, or how it was dealt with: `redriven` or `discarded`. */
  readonly reason: string;
  readonly at: Instant;
};

/** An event that a service stores about a parked record, beside those of its own rules and unknown to them. */
export type ParkedEvent = { readonly type: 'RecordParked' | 'RecordUnparked' } & ParkedData;

/** The words that a service has for them. */
export type ParkedSayings<Said> = {
  readonly parked: (data: ParkedData) => Said;
  readonly unparked: (data: ParkedData) => Said;
};

const parkedCodec = jsonCodec<ParkedEvent>({ RecordParked: { version: 1 }, RecordUnparked: { version: 1 } });

const REASON_CHARS_MAX = 500;
/** What a record says of itself is only passed on when any database can keep it. */
const PLAIN = /^[\x21-\x7e]{1,200}$/;

const plainOr = (words: string | undefined, otherwise: string): string =>
  words !== undefined && PLAIN.test(words) ? words : otherwise;

const storable = (reason: string): string =>
  reason.slice(0, REASON_CHARS_MAX).replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD') || 'no reason is known';

const stored = (
  service: string,
  type: ParkedEvent['type'],
  { id, topic, partition, offset, headers }: ParkedRecord,
  { reason, at }: Pick<ParkedData, 'reason' | 'at'>,
): NewEvent => ({
  ...parkedCodec.encode({ type, parkedId: id, service, topic, partition, offset, reason: storable(reason), at }),
  ...{ streamId: `parked-${id}`, eventId: derivedId(type, service, id) },
  metadata: {
    correlationId: plainOr(headers['ce_correlationid'], id),
    causationId: plainOr(headers['ce_id'], id),
    ...{ actor: 'consumer', hop: 0 },
  },
});

/** What a consumer stores about parked records in the statement that parks or settles them, for the relay to announce. */
export const parkedAnnouncer = (service: string, now: () => Instant) => ({
  announceParked: (record: ParkedRecord): NewEvent =>
    stored(service, 'RecordParked', record, { reason: record.reason, at: record.parkedAt }),
  announceUnparked: (record: ParkedRecord, { outcome }: SettledRecord): NewEvent =>
    stored(service, 'RecordUnparked', record, { reason: outcome, at: now() }),
});

const isOfParked = (event: Message): event is ParkedEvent =>
  event.type === 'RecordParked' || event.type === 'RecordUnparked';

/** Reads a log in which events about parked records lie among those of the service. */
export const codecBesideParked = <Event extends Message>(
  codec: EventCodec<Event>,
): EventCodec<Event | ParkedEvent> => ({
  encode: (event) => (isOfParked(event) ? parkedCodec.encode(event) : codec.encode(event)),
  decode: (event) => (isOfParked(event) ? parkedCodec.decode(event) : codec.decode(event)),
});

/** Says what happens to parked records beside what the service says of its own events. */
export const announceBesideParked =
  <Event extends Message, Said>(announce: (event: Event) => Said | undefined, sayings: ParkedSayings<Said>) =>
  (event: Event | ParkedEvent): Said | undefined => {
    if (!isOfParked(event)) return announce(event);
    const { type, ...data } = event;
    return type === 'RecordParked' ? sayings.parked(data) : sayings.unparked(data);
  };

/** Does nothing about parked records beside what the service does about its own events. */
export const agendaBesideParked = <Event extends Message, Command, Effect, Result>(
  rules: Agenda<Event, Command, Effect, Result>,
): Agenda<Event | ParkedEvent, Command, Effect, Result> => ({
  ...rules,
  changesOf: (event) => (isOfParked(event) ? [] : rules.changesOf(event)),
});
