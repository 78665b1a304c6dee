import { assert, type Message } from '@murmuration/kernel';
import type { StoredEvent } from '../port';

/** How a service's events are written down and read back, for ever. */
export type EventCodec<Event extends Message> = {
  encode(event: Event): Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>;
  decode(stored: Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>): Event;
};

/** Lifts the data of one schema version to the next. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

export type EventSchema = {
  /** Counted from 1. */
  readonly version: number;
  /** `upcasters[0]` lifts version 1 to 2, and so on: one fewer than `version`. */
  readonly upcasters?: readonly Upcaster[];
};

/** Stores an event as the JSON of its fields; its `type` is stored beside them. */
export const jsonCodec = <Event extends Message>(
  schemas: Readonly<Record<Event['type'], EventSchema>>,
): EventCodec<Event> => {
  const schemaOf = (type: string): EventSchema => {
    const schema = (schemas as Readonly<Record<string, EventSchema>>)[type];
    assert(schema !== undefined, `an event type this service stores, got ${type}`);
    return schema;
  };
  return {
    encode: ({ type, ...data }) => ({ type, schemaVersion: schemaOf(type).version, data: JSON.stringify(data) }),
    decode: ({ type, schemaVersion, data }) => {
      const { version, upcasters = [] } = schemaOf(type);
      assert(schemaVersion <= version, `${type} of version ${version} or older, got ${schemaVersion}`);
      const written = JSON.parse(data) as Readonly<Record<string, unknown>>;
      const lifted = upcasters.slice(schemaVersion - 1).reduce((fields, upcast) => upcast(fields), written);
      return { type, ...lifted } as unknown as Event; // because the schema version vouches for the shape
    },
  };
};
