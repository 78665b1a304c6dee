import type { Link, Watermark } from '../link';

/** What a record is to a reader that stands at a watermark. */
export type Classification =
  /** The very next one. */
  | 'new'
  /** Applied before. */
  | 'duplicate'
  /** At least one record between the watermark and this one has not come. */
  | 'gap'
  /** The source's log is not the one that was read before: it lost or rewrote what it had sent. */
  | 'rewound';

/** `watermark` is undefined for a reader that has never heard of the source. */
export const classify = (watermark: Watermark | undefined, link: Link): Classification => {
  const { position, eventId, previous } = link;
  if (watermark === undefined) return previous === undefined ? 'new' : 'gap';
  if (position < watermark.position) return 'duplicate';
  if (position === watermark.position) return eventId === watermark.eventId ? 'duplicate' : 'rewound';
  if (previous === undefined || previous.position < watermark.position) return 'rewound';
  if (previous.position > watermark.position) return 'gap';
  return previous.eventId === watermark.eventId ? 'new' : 'rewound';
};
