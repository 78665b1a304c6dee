import type { StoredEvent } from '@murmuration/event-store';
import type { Find } from './findings';

/** Where an announced event stands, and of whom it is. */
type Announced = { readonly source: string; readonly position: number; readonly key: string };

export type KeyOrder = {
  readonly announced: (eventId: string, place: Announced) => void;
  /** An event of a hearer; whether a step of it was the cause is told by its metadata. */
  readonly stored: (hearer: string, event: StoredEvent) => void;
};

const STEP = /^step:/;

/** Watches that whatever a service does because of what it hears of one key, it does in the order in which it was said. */
export const keyOrder = (find: Find): KeyOrder => {
  const places = new Map<string, Announced>();
  const reached = new Map<string, number>();
  return {
    announced: (eventId, place) => void places.set(eventId, place),
    stored: (hearer, { metadata, type }) => {
      const cause = STEP.test(metadata.actor) ? places.get(metadata.causationId) : undefined;
      if (cause === undefined) return;
      const { source, position, key } = cause;
      const line = `${hearer} ${source} ${key}`;
      const before = reached.get(line) ?? 0;
      if (position < before)
        find('order', key, `${hearer} stores ${type} for ${source}'s ${position}, after it has acted on ${before}`);
      else reached.set(line, position);
    },
  };
};
