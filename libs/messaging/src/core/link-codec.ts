import type { Link, Watermark } from '../link';

type Headers = Readonly<Record<string, string | undefined>>;

const COUNT = /^(0|[1-9]\d{0,15})$/;

/** The headers of a link. The event's own id travels as `ce_id`, which the announcement sets. */
export const encodeLink = ({ source, logPartition, position, previous }: Link): Readonly<Record<string, string>> => {
  const own = { mm_source: source, mm_log: String(logPartition), mm_position: String(position) };
  return previous === undefined
    ? own
    : { ...own, mm_prev_position: String(previous.position), mm_prev_id: previous.eventId };
};

const countOf = (text: string | undefined): number | undefined => {
  if (text === undefined || !COUNT.test(text)) return undefined;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : undefined;
};

/** The link of a record, or undefined when its headers carry none that is valid. */
export const decodeLink = (headers: Headers): Link | undefined => {
  const { ce_id: eventId, mm_source: source, mm_prev_id: previousId } = headers;
  const logPartition = countOf(headers['mm_log']);
  const position = countOf(headers['mm_position']);
  if (eventId === undefined || eventId === '' || source === undefined || source === '') return undefined;
  if (logPartition === undefined || position === undefined || position === 0) return undefined;
  const own = { source, logPartition, position, eventId };
  if (headers['mm_prev_position'] === undefined && previousId === undefined) return own;
  const previousPosition = countOf(headers['mm_prev_position']);
  if (previousPosition === undefined || previousPosition === 0 || previousPosition >= position) return undefined;
  if (previousId === undefined || previousId === '') return undefined;
  return { ...own, previous: { position: previousPosition, eventId: previousId } };
};

/** The name under which a source's watermark is kept. */
export const watermarkKey = ({ source, logPartition }: Pick<Link, 'source' | 'logPartition'>): string =>
  `${source}/${logPartition}`;

export const watermarkOf = ({ position, eventId }: Link): Watermark => ({ position, eventId });
