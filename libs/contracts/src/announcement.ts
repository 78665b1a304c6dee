import type { Instant } from '@murmuration/kernel';
import type { IntegrationEvent } from './catalogue';
import { topicOf, type ServiceName } from './event-contract';
import { encodeRecord, type WireRecord } from './record';

/** A stored event, as far as what is said of it depends on it. */
export type AnnouncedEvent = {
  readonly eventId: string;
  readonly recordedAt: Instant;
  readonly metadata: {
    readonly correlationId: string;
    readonly causationId: string;
    readonly hop: number;
    readonly traceparent?: string;
  };
};

/** A record and the topic it belongs to. */
export type AnnouncedRecord = WireRecord & { readonly topic: string };

/** What a service sends for a stored event of which it says `said`. */
export const announcementOf = (
  service: ServiceName,
  said: IntegrationEvent | undefined,
  { eventId: id, recordedAt: time, metadata }: AnnouncedEvent,
): AnnouncedRecord | undefined => {
  if (said === undefined) return undefined;
  const { correlationId, causationId, hop, traceparent } = metadata;
  const path = { id, source: service, time, correlationId, causationId, hop };
  return {
    topic: topicOf(service),
    ...encodeRecord(said, traceparent === undefined ? path : { ...path, traceparent }),
  };
};

/** What a service's relay sends for each stored event: a pure function of the event. */
export const announceRecords =
  <Event, Stored>(
    service: ServiceName,
    { decode }: { readonly decode: (stored: Stored) => Event },
    announce: (event: Event) => IntegrationEvent | undefined,
  ) =>
  (stored: Stored & AnnouncedEvent): AnnouncedRecord | undefined =>
    announcementOf(service, announce(decode(stored)), stored);
