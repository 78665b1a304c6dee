import { assert, partitionOf } from '@murmuration/kernel';
import { EventStoreError, isUnknownEvent, type StoredEvent } from '@murmuration/event-store';
import type { Outbound, Watermark } from '../link';
import type { RelayCheckpoint } from '../outbox.port';
import { encodeLink } from './link-codec';

/** What a stored event says to other services; `headers` include its id as `ce_id`. */
export type Announcement = {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** A pure function of the event: at most one record each, and all records of one key come from one stream. */
export type Announce = (event: StoredEvent) => Announcement | undefined;

export type RelayPlan = {
  readonly records: readonly Outbound[];
  readonly checkpoint: RelayCheckpoint;
  /** Newer code has stored the event behind the checkpoint: only that can tell what it says. */
  readonly haltedBy?: EventStoreError;
};

export type PlanRelayOptions = {
  readonly source: string;
  readonly announce: Announce;
  /** How many partitions a topic has. */
  readonly partitionsOf: (topic: string) => number;
};

const orHalted = (announce: Announce, event: StoredEvent): Announcement | EventStoreError | undefined => {
  try {
    return announce(event);
  } catch (error) {
    if (isUnknownEvent(error)) return error;
    throw error;
  }
};

/**
 * The records that a run of one log partition's events leads to, and the checkpoint once they are acknowledged. Planning
 * the same events from the same checkpoint again gives the same records, links included. Never passes over an event that this
 * code does not know.
 */
export const planRelay = (
  events: readonly StoredEvent[],
  { source, announce, partitionsOf }: PlanRelayOptions,
  from: RelayCheckpoint,
): RelayPlan => {
  const records: Outbound[] = [];
  const lastSent = new Map<string, Watermark>(from.lastSent);
  let position = from.position;
  for (const event of events) {
    assert(
      event.position === position + 1,
      `event ${position + 1} of the log after ${position}, got ${event.position}`,
    );
    const announcement = orHalted(announce, event);
    if (announcement instanceof EventStoreError)
      return { records, checkpoint: { position, lastSent }, haltedBy: announcement };
    position = event.position;
    if (announcement === undefined) continue;
    const { topic, key, value, headers } = announcement;
    assert(headers['ce_id'] === event.eventId, `the announcement of ${event.eventId} to carry its id`);
    const partition = partitionOf(key, partitionsOf(topic));
    const target = `${topic}/${partition}`;
    const previous = lastSent.get(target);
    const own = { position, eventId: event.eventId };
    const link = encodeLink({ source, logPartition: event.logPartition, ...own, ...(previous && { previous }) });
    records.push({ topic, partition, key, value, headers: { ...headers, ...link } });
    lastSent.set(target, own);
  }
  return { records, checkpoint: { position, lastSent } };
};
