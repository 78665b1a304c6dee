import { encodeRecord, topicOf, type IntegrationEvent, type ServiceName } from '@murmuration/contracts';
import type { EventCodec } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { Announce } from '@murmuration/messaging';

/** What the relay sends for each stored event of a service: a pure function of the event. */
export const announceRecords =
  <Event extends Message>(
    service: ServiceName,
    codec: Pick<EventCodec<Event>, 'decode'>,
    announce: (event: Event) => IntegrationEvent | undefined,
  ): Announce =>
  (stored) => {
    const said = announce(codec.decode(stored));
    if (said === undefined) return undefined;
    const { correlationId, causationId, hop, traceparent } = stored.metadata;
    const provenance = {
      id: stored.eventId,
      source: service,
      time: stored.recordedAt,
      correlationId,
      causationId,
      hop,
    };
    return {
      topic: topicOf(service),
      ...encodeRecord(said, traceparent === undefined ? provenance : { ...provenance, traceparent }),
    };
  };
