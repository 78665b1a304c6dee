import { assert, type Message, type StoredShape, type StoredShapes } from '@murmuration/kernel';
import { EventStoreError } from '../event-store-error';
import type { StoredEvent } from '../port';

/** How a service's events are written down and read back, for ever. */
export type EventCodec<Event extends Message> = {
  encode(event: Event): Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>;
  /** Throws an `EventStoreError` with the code `unknown-event` for what newer code has written. */
  decode(stored: Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>): Event;
};

/** Stores an event as the JSON of its fields; its `type` is stored beside them. */
export const jsonCodec = <Event extends Message>(shapes: StoredShapes<Event>): EventCodec<Event> => {
  const shapeOf = new Map(Object.entries<StoredShape>(shapes));
  return {
    encode: ({ type, ...data }) => {
      const shape = shapeOf.get(type);
      assert(shape !== undefined, `an event type this service stores, got ${type}`);
      return { type, schemaVersion: shape.version, data: JSON.stringify(data) };
    },
    decode: ({ type, schemaVersion, data }) => {
      const shape = shapeOf.get(type);
      if (shape === undefined || schemaVersion > shape.version)
        throw new EventStoreError('unknown-event', `${type} of version ${schemaVersion}`);
      const { upcasters = [] } = shape;
      const written = JSON.parse(data) as Readonly<Record<string, unknown>>;
      const lifted = upcasters.slice(schemaVersion - 1).reduce((fields, upcast) => upcast(fields), written);
      return { type, ...lifted } as unknown as Event; // because the schema version vouches for the shape
    },
  };
};
