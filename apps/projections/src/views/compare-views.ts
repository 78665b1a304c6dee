import { isDeepStrictEqual } from 'node:util';
import { auditOrder, auditStock, orderIdOf, type Finding } from '@murmuration/domain-projections';
import type { Heard } from '@murmuration/contracts';
import type { EventStore } from '@murmuration/event-store';
import { archiveCodec } from '../archive/archive.model';
import { foldEvents, noRows } from './view-rows';
import type { ViewStore } from './view-store';

export type ViewComparison = {
  /** Rows that were compared. */
  readonly compared: number;
  /** Keys of the rows that are not what the archive makes of them. */
  readonly differing: readonly string[];
  /** What is wrong with an order or a SKU, whatever else may still be heard of it. */
  readonly findings: readonly (Finding & { readonly about: string })[];
};

const PAGE = 1_000;

const readArchive = async (store: EventStore, views: ViewStore): Promise<readonly Heard[]> => {
  const heard: Heard[] = [];
  for (let logPartition = 0; logPartition < store.logPartitions; logPartition++) {
    const until = await views.position(logPartition);
    let position = 0;
    while (position < until) {
      const page = await store.readLog(logPartition, position, Math.min(PAGE, until - position));
      const last = page.at(-1);
      if (last === undefined) break;
      for (const stored of page) heard.push(archiveCodec.decode(stored).heard);
      position = last.position;
    }
  }
  return heard;
};

const groupByOrder = (heard: readonly Heard[]): ReadonlyMap<string, readonly Heard[]> => {
  const groups = new Map<string, Heard[]>();
  for (const event of heard) {
    const orderId = orderIdOf(event);
    if (orderId === undefined) continue;
    const group = groups.get(orderId);
    if (group === undefined) groups.set(orderId, [event]);
    else group.push(event);
  }
  return groups;
};

/**
 * Rebuilds every view from the archive in memory and compares it with the live one, and audits each order and SKU on the
 * way. Meant for a flock at rest: a row that changes meanwhile may show as differing.
 */
export const compareViews = async (store: EventStore, views: ViewStore): Promise<ViewComparison> => {
  const heard = await readArchive(store, views);
  const rebuilt = noRows();
  foldEvents(rebuilt, heard);
  const differing: string[] = [];
  let compared = 0;
  for (const view of ['orders', 'stock'] as const) {
    const expected = new Map<string, unknown>([...rebuilt[view].entries()]);
    let after = '';
    for (;;) {
      const page = await views.scan(view, after, PAGE);
      for (const { key, view: row } of page) {
        compared += 1;
        if (!isDeepStrictEqual(row, JSON.parse(JSON.stringify(expected.get(key) ?? null)))) differing.push(key);
        expected.delete(key);
      }
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.key;
    }
    differing.push(...expected.keys());
  }
  const findings = [...groupByOrder(heard)].flatMap(([about, events]) =>
    auditOrder(events, { atRest: false }).map((finding) => ({ ...finding, about })),
  );
  const ofStock = auditStock(heard).map((finding) => ({ ...finding, about: 'stock' }));
  return { compared, differing, findings: [...findings, ...ofStock] };
};
