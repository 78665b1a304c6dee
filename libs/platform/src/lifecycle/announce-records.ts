import { announcementOf, type IntegrationEvent, type ServiceName } from '@murmuration/contracts';
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
  (stored) =>
    announcementOf(service, announce(codec.decode(stored)), stored);
