import { say, type IntegrationData, type IntegrationEvent } from './catalogue';
import type { ServiceName } from './event-contract';
import { PARKED_EVENTS } from './operations.events';

type ParkedData = IntegrationData<(typeof PARKED_EVENTS)[ServiceName]['recordParked']['name']>;

/** How a service says that it could not apply a record, and that it has dealt with one. */
export const parkedSayings = (service: ServiceName) => {
  const { recordParked, recordUnparked } = PARKED_EVENTS[service];
  return {
    parked: (data: ParkedData): IntegrationEvent => say(recordParked, data),
    unparked: (data: ParkedData): IntegrationEvent => say(recordUnparked, data),
  };
};
