import type { Link, Watermark } from '../link';

type Headers = Readonly<Record<string, string | undefined>>;

const COUNT = /^(0|[1-9]\d{0,15})$/;
/** Sources and event ids are kept as keys of a database, which takes neither any character nor any length. */
const NAME = /^[\x21-\x7e]{1,200}$/;

/** The headers of a link. The event's own id travels as `ce_id`, which the announcement sets. */
export const encodeLink = ({ source, logPartition, position, previous }: Link): Readonly<Record<string, string>> => {
  const own = { mm_source: source, mm_log: String(logPartition), mm_position: String(position) };
  return previous === undefined
    ? own
    : { ...own, mm_prev_position: String(previous.position), mm_prev_id: previous.eventId };
};

const nameOf = (text: string | undefined): string | undefined =>
  text !== undefined && NAME.test(text) ? text : undefined;

const countOf = (text: string | undefined): number | undefined => {
  if (text === undefined || !COUNT.test(text)) return undefined;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : undefined;
};

/** The link of a record, or undefined when its headers carry none that is valid. */
export const decodeLink = (headers: Headers): Link | undefined => {
  const [eventId, source] = [nameOf(headers['ce_id']), nameOf(headers['mm_source'])];
  const logPartition = countOf(headers['mm_log']);
  const position = countOf(headers['mm_position']);
  if (eventId === undefined || source === undefined) return undefined;
  if (logPartition === undefined || position === undefined || position === 0) return undefined;
  const own = { source, logPartition, position, eventId };
  if (headers['mm_prev_position'] === undefined && headers['mm_prev_id'] === undefined) return own;
  const previousPosition = countOf(headers['mm_prev_position']);
  if (previousPosition === undefined || previousPosition === 0 || previousPosition >= position) return undefined;
  const previousId = nameOf(headers['mm_prev_id']);
  if (previousId === undefined) return undefined;
  return { ...own, previous: { position: previousPosition, eventId: previousId } };
};

/** The name under which a source's watermark is kept. */
export const watermarkKey = ({ source, logPartition }: Pick<Link, 'source' | 'logPartition'>): string =>
  `${source}/${logPartition}`;

export const watermarkOf = ({ position, eventId }: Link): Watermark => ({ position, eventId });
