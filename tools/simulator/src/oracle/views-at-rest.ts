import type { Heard } from '@murmuration/contracts';
import { archiveCodec, FLOCK_VIEWS, type Finding as ViewFinding, type ViewRows } from '@murmuration/domain-projections';
import type { StockLevel } from '@murmuration/domain-inventory';
import { compareProjection } from '@murmuration/effects';
import type { SimulatedService } from '../world/world';
import type { StandingOfCustomer } from './customers-watch';
import type { Find } from './findings';

const EVENTS_PER_PAGE_MAX = 10_000;

/** What the views should show, by whoever does not look at the archive. */
export type Truth = {
  readonly statuses: ReadonlyMap<string, string>;
  readonly levels: ReadonlyMap<string, StockLevel>;
  readonly customers: ReadonlyMap<string, StandingOfCustomer>;
  /** All that the provider has given back for an order, in minor units; undefined of an order that a person looks after. */
  readonly refundedMinorOf: (orderId: string) => number | undefined;
};

/** What the views show is so: a fold that ignores an event ignores it in every rebuild as well. */
export const viewsShow = async (
  { database }: SimulatedService,
  { statuses, levels, customers, refundedMinorOf }: Truth,
  find: Find,
): Promise<void> => {
  const {
    orders,
    stock,
    customers: accounts,
  } = await database.tables.rows.load({
    ...{ orders: new Set(statuses.keys()), stock: new Set(levels.keys()), customers: new Set(customers.keys()) },
  });
  for (const [orderId, status] of statuses) {
    const row = orders.get(orderId);
    if (row?.status !== status) find('I6', orderId, `is ${status}, and its row says ${row?.status ?? 'nothing'}`);
    const refundedMinor = refundedMinorOf(orderId);
    if (refundedMinor !== undefined && (row?.refundedMinor ?? 0) !== refundedMinor)
      find('I6', orderId, `was given back ${refundedMinor}, and its row says ${row?.refundedMinor ?? 0}`);
  }
  for (const [customerId, standing] of customers)
    for (const name of ['status', 'tier', 'emailVerified'] as const) {
      const shown = accounts.get(customerId)?.[name];
      if (shown !== standing[name])
        find('I6', customerId, `has ${name} ${standing[name]}, and its row says ${shown ?? 'nothing'}`);
    }
  for (const [sku, level] of levels) {
    const row = stock.get(sku);
    for (const name of Object.keys(level) as (keyof StockLevel)[])
      // because a level has no other keys
      if (row?.[name] !== level[name])
        find('I6', sku, `has ${level[name]} ${name}, and its row says ${row?.[name] ?? 'nothing'}`);
  }
};

/** Everything that was announced is archived once, and the live rows are what the archive makes of them from its first event on. */
export const viewsAtRest = async (
  { database }: SimulatedService,
  said: readonly Heard[],
  find: Find,
): Promise<void> => {
  const { store, rows } = database.tables;
  const archived = new Map<string, number>();
  let position = 0;
  for (let page = await store.readLog(0, 0, EVENTS_PER_PAGE_MAX); page.length > 0;) {
    for (const stored of page) {
      const { id } = archiveCodec.decode(stored).heard;
      archived.set(id, (archived.get(id) ?? 0) + 1);
    }
    position = page.at(-1)?.position ?? position;
    page = await store.readLog(0, position, EVENTS_PER_PAGE_MAX);
  }
  for (const { id, name, subject } of said) {
    const times = archived.get(id) ?? 0;
    if (times !== 1) find('I6', subject, `${name} was archived ${times} times`);
  }
  const shown = await rows.position(0);
  if (shown !== position) find('I6', 'the views', `show ${shown} of ${position} archived events`);
  const decode = (stored: Parameters<typeof archiveCodec.decode>[0]): Heard => archiveCodec.decode(stored).heard;
  const { differing, findings } = await compareProjection<Heard, ViewRows, ViewFinding>({
    store,
    rows,
    decode,
    makings: FLOCK_VIEWS,
  });
  for (const key of differing) find('I6', key, 'a view rebuilt from the archive differs from the live one');
  for (const { invariant, finding, about } of findings) find(invariant, about, `by the archive: ${finding}`);
};
