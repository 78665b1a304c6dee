import { announcementOf, PARKED_EVENTS, say, type IntegrationEvent, type ServiceName } from '@murmuration/contracts';
import { derivedId, type EventCodec, type NewEvent, type StoredEvent } from '@murmuration/event-store';
import type { Agenda, Instant, Message } from '@murmuration/kernel';
import type { Announce, ParkedRecord, SettledRecord } from '@murmuration/messaging';

/** The events that a service stores about its parked records, beside those of its own rules and unknown to them. */
const TYPES = { parked: 'RecordParked', unparked: 'RecordUnparked' } as const;
const SCHEMA_VERSION = 1;

/** What one of them says; as in the contract. */
type ParkedData = {
  readonly parkedId: string;
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  readonly at: Instant;
};

const REASON_CHARS_MAX = 500;
/** What a record says of itself is only passed on when any database can keep it. */
const PLAIN = /^[\x21-\x7e]{1,200}$/;

const plainOr = (words: string | undefined, otherwise: string): string =>
  words !== undefined && PLAIN.test(words) ? words : otherwise;

const storable = (reason: string): string =>
  reason.slice(0, REASON_CHARS_MAX).replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD') || 'no reason is known';

const stored = (
  service: ServiceName,
  type: (typeof TYPES)[keyof typeof TYPES],
  { id, topic, partition, offset, headers }: ParkedRecord,
  { reason, at }: Pick<ParkedData, 'reason' | 'at'>,
): NewEvent => {
  const data: ParkedData = { parkedId: id, service, topic, partition, offset, reason: storable(reason), at };
  return {
    ...{ streamId: `parked-${id}`, eventId: derivedId(type, service, id), type, schemaVersion: SCHEMA_VERSION },
    data: JSON.stringify(data),
    metadata: {
      correlationId: plainOr(headers['ce_correlationid'], id),
      causationId: plainOr(headers['ce_id'], id),
      ...{ actor: 'consumer', hop: 0 },
    },
  };
};

/** What a consumer stores about parked records in the statement that parks or settles them, for the relay to announce. */
export const parkedAnnouncer = (service: ServiceName, now: () => Instant) => ({
  announceParked: (record: ParkedRecord): NewEvent =>
    stored(service, TYPES.parked, record, { reason: record.reason, at: record.parkedAt }),
  announceUnparked: (record: ParkedRecord, { outcome }: SettledRecord): NewEvent =>
    stored(service, TYPES.unparked, record, { reason: outcome, at: now() }),
});

const isParkedType = (type: string): boolean => type === TYPES.parked || type === TYPES.unparked;

const saidOf = (service: ServiceName, { type, data }: StoredEvent): IntegrationEvent => {
  const { recordParked, recordUnparked } = PARKED_EVENTS[service];
  const said = JSON.parse(data) as ParkedData; // because only this file writes such events
  return say(type === TYPES.parked ? recordParked : recordUnparked, said);
};

/** Announces what happens to parked records beside what the service announces of its own events. */
export const announcingParked =
  (service: ServiceName, announce: Announce): Announce =>
  (event) =>
    isParkedType(event.type) ? announcementOf(service, saidOf(service, event), event) : announce(event);

/** Reads a log in which events about parked records lie among those of the service, as one that has nothing to do about them. */
export const besideParked = <Event extends Message, Command extends Message, Effect extends Message, Result>(
  codec: EventCodec<Event>,
  rules: Agenda<Event, Command, Effect, Result>,
): { readonly codec: EventCodec<Event>; readonly agenda: Agenda<Event, Command, Effect, Result> } => ({
  codec: {
    encode: (event) => codec.encode(event),
    decode: (event) =>
      isParkedType(event.type)
        ? ({ type: event.type } as Event) // because the agenda beside it looks at nothing but the type
        : codec.decode(event),
  },
  agenda: { ...rules, changesOf: (event) => (isParkedType(event.type) ? [] : rules.changesOf(event)) },
});
