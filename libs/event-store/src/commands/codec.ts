import { assert, type Message, type StoredShape, type StoredShapes } from '@murmuration/kernel';
import type { StoredEvent } from '../port';

/** How a service's events are written down and read back, for ever. */
export type EventCodec<Event extends Message> = {
  encode(event: Event): Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>;
  decode(stored: Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>): Event;
};

/** Stores an event as the JSON of its fields; its `type` is stored beside them. */
export const jsonCodec = <Event extends Message>(shapes: StoredShapes<Event>): EventCodec<Event> => {
  const shapeOf = (type: string): StoredShape => {
    const shape = (shapes as Readonly<Record<string, StoredShape>>)[type];
    assert(shape !== undefined, `an event type this service stores, got ${type}`);
    return shape;
  };
  return {
    encode: ({ type, ...data }) => ({ type, schemaVersion: shapeOf(type).version, data: JSON.stringify(data) }),
    decode: ({ type, schemaVersion, data }) => {
      const { version, upcasters = [] } = shapeOf(type);
      assert(schemaVersion <= version, `${type} of version ${version} or older, got ${schemaVersion}`);
      const written = JSON.parse(data) as Readonly<Record<string, unknown>>;
      const lifted = upcasters.slice(schemaVersion - 1).reduce((fields, upcast) => upcast(fields), written);
      return { type, ...lifted } as unknown as Event; // because the schema version vouches for the shape
    },
  };
};
