import { isDeepStrictEqual } from 'node:util';
import type { EventStore, ReadStream, StoredEvent } from '@murmuration/event-store';
import type { Fold } from '@murmuration/kernel';
import type { RowKeysOf, RowTables, ScannedProjectionStore } from './projection-store.port';

/** How a view is made: in which stream what a row shows is stored, the fold, and what must hold of what is folded. */
export type Making<Row, Event, Finding> = {
  /** The stream of a row. The stream of the empty key begins all of them. */
  readonly streamOf: (key: string) => string;
  readonly fold: Fold<Row | undefined, Event>;
  readonly audit: (events: readonly Event[]) => readonly Finding[];
  /** Whether an audit may see a row's events page by page, or must see all of them at once. */
  readonly auditsPages: boolean;
};

/** How each view is made. */
export type MakingsOf<Rows, Event, Finding> = {
  readonly [View in keyof Rows]: Rows[View] extends Map<string, infer Row> ? Making<Row, Event, Finding> : never;
};

export type ProjectionComparison<Finding> = {
  /** Rows that were compared. */
  readonly compared: number;
  /** Keys of the rows that are not what the log makes of them, of which there may be more than are listed. */
  readonly differing: readonly string[];
  /** What is wrong with what a row is about, whatever else may still come; there may be more than is listed. */
  readonly findings: readonly (Finding & { readonly about: string })[];
};

export type CompareProjectionOptions<Event, Rows extends RowTables, Finding> = {
  readonly store: Pick<EventStore, 'logPartitions' | 'readLog' | 'readStreams'>;
  readonly decode: (stored: StoredEvent) => Event;
  readonly rows: Pick<ScannedProjectionStore<Rows>, 'position' | 'load' | 'scan'>;
  readonly makings: MakingsOf<Rows, Event, Finding>;
};

/** Enough to see what is wrong. */
const LISTED_MAX = 1_000;
/** Events, rows or streams that are at hand at a time. */
const PAGE_MAX = 250;

/** A row as it was shown between two positions of its view. */
type Sighting = { readonly row: unknown; readonly earliest: number; readonly latest: number };

const pageFrom = (streamId: string, fromVersion: number): ReadStream => ({
  ...{ streamId, fromVersion, toVersion: fromVersion + PAGE_MAX - 1 },
});

/** All events of a stream, whose first page is at hand. */
const pagesOf = async function* (
  store: Pick<EventStore, 'readStreams'>,
  streamId: string,
  first: readonly StoredEvent[],
): AsyncGenerator<readonly StoredEvent[]> {
  for (let page = first; page.length > 0;) {
    yield page;
    if (page.length < PAGE_MAX) return;
    const fromVersion = (page.at(-1)?.version ?? 0) + 1;
    page = (await store.readStreams([pageFrom(streamId, fromVersion)])).get(streamId) ?? [];
  }
};

const isSame = (expected: unknown, shown: unknown): boolean =>
  isDeepStrictEqual(expected === undefined ? undefined : JSON.parse(JSON.stringify(expected)), shown);

/** A row is right when it is what the log made of it at a position that its view can have been at when it was read. */
const checkRow = async <Event, Finding>(
  { fold, audit, auditsPages }: Making<unknown, Event, Finding>,
  decode: (stored: StoredEvent) => Event,
  pages: AsyncIterable<readonly StoredEvent[]>,
  { row, earliest, latest }: Sighting,
): Promise<{ readonly isRight: boolean; readonly findings: readonly Finding[] }> => {
  const findings: Finding[] = [];
  const together: Event[] = [];
  let state = fold.initial;
  let isRight = false;
  for await (const page of pages) {
    const events: Event[] = [];
    for (const stored of page) {
      if (stored.position > latest) break;
      if (stored.position > earliest) isRight ||= isSame(state, row);
      const event = decode(stored);
      state = fold.evolve(state, event);
      events.push(event);
    }
    if (auditsPages) findings.push(...audit(events));
    else together.push(...events);
    if (events.length < page.length) break;
  }
  if (!auditsPages) findings.push(...audit(together));
  return { isRight: isRight || isSame(state, row), findings };
};

const keysIn = (streamIds: readonly string[], streamOf: (key: string) => string): readonly string[] => {
  const prefix = streamOf('');
  return streamIds.filter((streamId) => streamId.startsWith(prefix)).map((streamId) => streamId.slice(prefix.length));
};

/**
 * Makes every row anew from the log and compares it with the live one, and audits what each is about on the way, a page at a
 * time. The rows may move on meanwhile.
 */
export const compareProjection = async <Event, Rows extends RowTables, Finding>({
  store,
  decode,
  rows: live,
  makings,
}: CompareProjectionOptions<Event, Rows, Finding>): Promise<ProjectionComparison<Finding>> => {
  type View = keyof Rows & string;
  const views = Object.entries(makings) as unknown as readonly (readonly [View, Making<unknown, Event, Finding>])[]; // because each view's rows meet no fold but their own
  const differing: string[] = [];
  const findings: (Finding & { readonly about: string })[] = [];
  let compared = 0;

  const keysOnlyOf = (view: View, keys: readonly string[]): RowKeysOf<Rows> =>
    Object.fromEntries(views.map(([each]) => [each, new Set(each === view ? keys : [])])) as unknown as RowKeysOf<Rows>; // because all views are there

  const compare = async (
    [view, making]: (typeof views)[number],
    logPartition: number,
    keys: readonly string[],
  ): Promise<void> => {
    if (keys.length === 0) return;
    const { streamOf } = making;
    const earliest = await live.position(logPartition);
    const rows = (await live.load(keysOnlyOf(view, keys)))[view];
    const latest = await live.position(logPartition);
    const streams = await store.readStreams(keys.map((key) => pageFrom(streamOf(key), 1)));
    for (const key of keys) {
      const streamId = streamOf(key);
      const row = rows?.get(key);
      const pages = pagesOf(store, streamId, streams.get(streamId) ?? []);
      const checked = await checkRow(making, decode, pages, { row, earliest, latest });
      if (!checked.isRight) differing.push(key);
      findings.push(...checked.findings.map((finding) => ({ ...finding, about: key })));
      if (row !== undefined) compared += 1;
    }
  };

  /** Everything that the rows should show: what began in the log before now. */
  const compareStored = async (logPartition: number): Promise<void> => {
    const until = await live.position(logPartition);
    for (let position = 0; position < until;) {
      const page = await store.readLog(logPartition, position, Math.min(PAGE_MAX, until - position));
      const begun = page.filter(({ version }) => version === 1).map(({ streamId }) => streamId);
      for (const made of views) await compare(made, logPartition, keysIn(begun, made[1].streamOf));
      position = page.at(-1)?.position ?? until;
    }
  };

  /** Rows of which nothing was ever stored. */
  const findInvented = async (view: View, streamOf: (key: string) => string): Promise<void> => {
    for (let after = ''; ;) {
      const page = await live.scan(view, after, PAGE_MAX);
      const last = page.at(-1);
      if (last === undefined) return;
      const begun = await store.readStreams(page.map(({ key }) => ({ streamId: streamOf(key), toVersion: 1 })));
      const invented = page.filter(({ key }) => (begun.get(streamOf(key)) ?? []).length === 0);
      compared += invented.length;
      differing.push(...invented.map(({ key }) => key));
      after = last.key;
    }
  };

  for (let logPartition = 0; logPartition < store.logPartitions; logPartition++) await compareStored(logPartition);
  for (const [view, { streamOf }] of views) await findInvented(view, streamOf);
  return { compared, differing: differing.slice(0, LISTED_MAX), findings: findings.slice(0, LISTED_MAX) };
};
