import type { Message } from './decision';

/** Lifts the data of one version of a stored shape to the next. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** How the data of one type of event is stored: an older version is lifted, whenever it is read. */
export type StoredShape = {
  /** Counted from 1. */
  readonly version: number;
  /** `upcasters[0]` lifts version 1 to 2, and so on: one fewer than `version`. */
  readonly upcasters?: readonly Upcaster[];
};

/** The stored shapes of all events of a service. */
export type StoredShapes<Event extends Message> = Readonly<Record<Event['type'], StoredShape>>;
