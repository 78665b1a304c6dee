import { instant } from '@murmuration/contracts';
import { isInstant } from '@murmuration/kernel';
import type { StoredEvent } from '@murmuration/event-store';
import { z } from 'zod';
import { pageLimit, wholeNumberText } from './query-schemas';

const VERSION_MAX = 1_000_000_000;
const EVENTS_PER_PAGE_MAX = 500;

/** When an aggregate is looked at: at a version, at an instant, or now. */
export const streamMoment = z
  .strictObject({
    version: wholeNumberText(1, VERSION_MAX).optional(),
    asOf: z.string().refine(isInstant, 'must be an ISO 8601 instant such as 2026-03-01T09:30:00.000Z').optional(),
  })
  .refine(({ version, asOf }) => version === undefined || asOf === undefined, {
    path: ['asOf'],
    message: 'must not come with a version',
  });
export type StreamMoment = z.infer<typeof streamMoment>;

/** Events after a version, at most `limit`. */
export const streamPage = z.strictObject({
  after: wholeNumberText(0, VERSION_MAX).default(0),
  limit: pageLimit(100, EVENTS_PER_PAGE_MAX),
});
export type StreamPage = z.infer<typeof streamPage>;

/** A page of events, as a route shows it. */
export const shownEventPage = z.object({
  events: z.array(
    z.object({
      version: z.int(),
      type: z.string(),
      recordedAt: instant,
      eventId: z.string(),
      correlationId: z.string(),
      causationId: z.string(),
      actor: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  /** The `after` of the next page; absent on the last one. */
  next: z.int().optional(),
});

const shownEvent = (
  { version, type, recordedAt, eventId, metadata, data }: StoredEvent,
  hidden: ReadonlySet<string>,
) => ({
  ...{ version, type, recordedAt, eventId },
  correlationId: metadata.correlationId,
  causationId: metadata.causationId,
  actor: metadata.actor,
  data: JSON.parse(data, (field, value: unknown) => (hidden.has(field) ? undefined : value)) as unknown,
});

/** A page of an aggregate's events without the `hidden` fields, with the `after` of the next one while there may be more. */
export const shownEvents = (
  events: readonly StoredEvent[],
  { limit }: StreamPage,
  hidden: ReadonlySet<string> = new Set(),
) => {
  const last = events.length === limit ? events.at(-1) : undefined;
  return {
    events: events.map((event) => shownEvent(event, hidden)),
    ...(last === undefined ? {} : { next: last.version }),
  };
};
