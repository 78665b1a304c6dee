import { isDeepStrictEqual } from 'node:util';
import type { Heard } from '@murmuration/contracts';
import {
  archiveCodec,
  auditOrder,
  auditStock,
  type CustomerRow,
  customerStream,
  customerViewFold,
  type Finding,
  type OrderRow,
  orderViewFold,
  type RowKeys,
  sagaStream,
  type StockRow,
  stockStream,
  stockViewFold,
  type ViewName,
} from '@murmuration/domain-projections';
import type { EventStore, ReadStream, StoredEvent } from '@murmuration/event-store';
import type { Fold } from '@murmuration/kernel';
import type { ViewStore } from './view-store.port';

export type ViewComparison = {
  /** Rows that were compared. */
  readonly compared: number;
  /** Keys of the rows that are not what the archive makes of them, of which there may be more than are listed. */
  readonly differing: readonly string[];
  /** What is wrong with an order or a SKU, whatever else may still be heard of it; there may be more than is listed. */
  readonly findings: readonly (Finding & { readonly about: string })[];
};

/** Enough to see what is wrong. */
const LISTED_MAX = 1_000;
/** Events, rows or streams that are at hand at a time. */
const PAGE_MAX = 250;

type Archive = Pick<EventStore, 'logPartitions' | 'readLog' | 'readStreams'>;

/** How a view is made: where what it shows is archived, the fold, and what must hold of what is folded. */
type Making<Row> = {
  readonly view: ViewName;
  readonly streamOf: (key: string) => string;
  readonly fold: Fold<Row | undefined, Heard>;
  /** Sees all events at once where they must be seen together, else page by page. */
  readonly audit: (events: readonly Heard[]) => readonly Finding[];
  readonly auditsPages: boolean;
};

const ORDERS: Making<OrderRow> = {
  ...{ view: 'orders', streamOf: sagaStream, fold: orderViewFold, auditsPages: false },
  audit: (events) => auditOrder(events, { atRest: false }),
};
const STOCK: Making<StockRow> = {
  ...{ view: 'stock', streamOf: stockStream, fold: stockViewFold, auditsPages: true },
  audit: auditStock,
};
const CUSTOMERS: Making<CustomerRow> = {
  ...{ view: 'customers', streamOf: customerStream, fold: customerViewFold, auditsPages: true },
  audit: () => [],
};
const NO_KEYS: RowKeys = { orders: new Set(), stock: new Set(), customers: new Set() };

/** A row as it was shown between two positions of its view. */
type Sighting = { readonly row: unknown; readonly earliest: number; readonly latest: number };

const pageFrom = (streamId: string, fromVersion: number): ReadStream => ({
  ...{ streamId, fromVersion, toVersion: fromVersion + PAGE_MAX - 1 },
});

/** All events of a stream, whose first page is at hand. */
const pagesOf = async function* (
  archive: Pick<EventStore, 'readStreams'>,
  streamId: string,
  first: readonly StoredEvent[],
): AsyncGenerator<readonly StoredEvent[]> {
  for (let page = first; page.length > 0;) {
    yield page;
    if (page.length < PAGE_MAX) return;
    const fromVersion = (page.at(-1)?.version ?? 0) + 1;
    page = (await archive.readStreams([pageFrom(streamId, fromVersion)])).get(streamId) ?? [];
  }
};

const isSame = (expected: unknown, shown: unknown): boolean =>
  isDeepStrictEqual(expected === undefined ? undefined : JSON.parse(JSON.stringify(expected)), shown);

/** A row is right when it is what the archive made of it at a position that its view can have been at when it was read. */
const checkRow = async <Row>(
  { fold, audit, auditsPages }: Making<Row>,
  pages: AsyncIterable<readonly StoredEvent[]>,
  { row, earliest, latest }: Sighting,
): Promise<{ readonly isRight: boolean; readonly findings: readonly Finding[] }> => {
  const findings: Finding[] = [];
  const together: Heard[] = [];
  let state = fold.initial;
  let isRight = false;
  for await (const page of pages) {
    const heard: Heard[] = [];
    for (const stored of page) {
      if (stored.position > latest) break;
      if (stored.position > earliest) isRight ||= isSame(state, row);
      const { heard: each } = archiveCodec.decode(stored);
      state = fold.evolve(state, each);
      heard.push(each);
    }
    if (auditsPages) findings.push(...audit(heard));
    else together.push(...heard);
    if (heard.length < page.length) break;
  }
  if (!auditsPages) findings.push(...audit(together));
  return { isRight: isRight || isSame(state, row), findings };
};

const keysIn = (streamIds: readonly string[], { streamOf }: Pick<Making<never>, 'streamOf'>): readonly string[] => {
  const prefix = streamOf('');
  return streamIds.filter((streamId) => streamId.startsWith(prefix)).map((streamId) => streamId.slice(prefix.length));
};

/**
 * Rebuilds every row from the archive and compares it with the live one, and audits each order and SKU on the way, a page at
 * a time. The views may move on meanwhile.
 */
export const compareViews = async (archive: Archive, views: ViewStore): Promise<ViewComparison> => {
  const differing: string[] = [];
  const findings: (Finding & { readonly about: string })[] = [];
  let compared = 0;

  const compare = async <Row>(making: Making<Row>, logPartition: number, keys: readonly string[]): Promise<void> => {
    if (keys.length === 0) return;
    const { view, streamOf } = making;
    const earliest = await views.position(logPartition);
    const rows: ReadonlyMap<string, unknown> = (await views.load({ ...NO_KEYS, [view]: new Set(keys) }))[view];
    const latest = await views.position(logPartition);
    const streams = await archive.readStreams(keys.map((key) => pageFrom(streamOf(key), 1)));
    for (const key of keys) {
      const streamId = streamOf(key);
      const row = rows.get(key);
      const pages = pagesOf(archive, streamId, streams.get(streamId) ?? []);
      const checked = await checkRow(making, pages, { row, earliest, latest });
      if (!checked.isRight) differing.push(key);
      findings.push(...checked.findings.map((finding) => ({ ...finding, about: key })));
      if (row !== undefined) compared += 1;
    }
  };

  /** Everything that the views should show: what began in the archive before now. */
  const compareArchived = async (logPartition: number): Promise<void> => {
    const until = await views.position(logPartition);
    for (let position = 0; position < until;) {
      const page = await archive.readLog(logPartition, position, Math.min(PAGE_MAX, until - position));
      const begun = page.filter(({ version }) => version === 1).map(({ streamId }) => streamId);
      await compare(ORDERS, logPartition, keysIn(begun, ORDERS));
      await compare(STOCK, logPartition, keysIn(begun, STOCK));
      await compare(CUSTOMERS, logPartition, keysIn(begun, CUSTOMERS));
      position = page.at(-1)?.position ?? until;
    }
  };

  /** Rows of which the archive has never heard. */
  const findInvented = async ({ view, streamOf }: Pick<Making<never>, 'view' | 'streamOf'>): Promise<void> => {
    for (let after = ''; ;) {
      const page = await views.scan(view, after, PAGE_MAX);
      const last = page.at(-1);
      if (last === undefined) return;
      const begun = await archive.readStreams(page.map(({ key }) => ({ streamId: streamOf(key), toVersion: 1 })));
      const invented = page.filter(({ key }) => (begun.get(streamOf(key)) ?? []).length === 0);
      compared += invented.length;
      differing.push(...invented.map(({ key }) => key));
      after = last.key;
    }
  };

  for (let logPartition = 0; logPartition < archive.logPartitions; logPartition++) await compareArchived(logPartition);
  for (const making of [ORDERS, STOCK, CUSTOMERS]) await findInvented(making);
  return { compared, differing: differing.slice(0, LISTED_MAX), findings: findings.slice(0, LISTED_MAX) };
};
