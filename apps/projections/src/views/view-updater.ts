import { archiveCodec, foldEvents, keysOf, noRows, type ViewRows } from '@murmuration/domain-projections';
import { Bell, workUnderLease, type Term, type WorkUnderLease } from '@murmuration/effects';
import type { Coordination, EventStore } from '@murmuration/event-store';
import type { ViewStore } from './view-store.port';

export type ViewUpdaterOptions = {
  readonly store: EventStore;
  readonly coordination: Coordination;
  readonly views: ViewStore;
  readonly failed: (error: unknown, doing: string) => void;
};

export type ViewUpdater = {
  /** How many archived events the views do not show yet. */
  lag(): Promise<number>;
  stop(): Promise<void>;
};

const EVENTS_PER_RUN_MAX = 1_000;
const ROWS_KEPT_MAX = 50_000;
const POLL_MS = 250;
/** The least time from one run to the next: what is archived meanwhile shares a statement. */
const PACE_MS = 15;

/** One term of keeping the views of one log partition up to date. Rows stay at hand, since nobody else writes them meanwhile. */
const followLog = async (
  term: Term,
  bell: Bell,
  logPartition: number,
  { store, views }: ViewUpdaterOptions,
): Promise<void> => {
  let rows: ViewRows = noRows();
  let position = await views.position(logPartition);
  while (!term.isOver()) {
    const events = term.isHeld() ? await store.readLog(logPartition, position, EVENTS_PER_RUN_MAX) : [];
    const last = events.at(-1);
    if (last === undefined) {
      await bell.sleep(POLL_MS);
      continue;
    }
    const heard = events.map((stored) => archiveCodec.decode(stored).heard);
    const keys = keysOf(heard);
    const unknown = {
      orders: new Set([...keys.orders].filter((key) => !rows.orders.has(key))),
      stock: new Set([...keys.stock].filter((key) => !rows.stock.has(key))),
      customers: new Set([...keys.customers].filter((key) => !rows.customers.has(key))),
    };
    const loaded = await views.load(unknown);
    for (const [key, row] of loaded.orders) rows.orders.set(key, row);
    for (const [key, row] of loaded.stock) rows.stock.set(key, row);
    for (const [key, row] of loaded.customers) rows.customers.set(key, row);
    const changed = foldEvents(rows, heard);
    const checkpoint = { logPartition, epoch: term.lease.epoch, from: position, position: last.position };
    if ((await views.save(changed, checkpoint)) === 'fenced') return;
    position = last.position;
    if (rows.orders.size + rows.stock.size + rows.customers.size > ROWS_KEPT_MAX) rows = noRows();
    if (events.length < EVENTS_PER_RUN_MAX) await term.pause(PACE_MS);
  }
};

/** Keeps the views up with the archive, in one process at a time. */
export const startViewUpdater = (options: ViewUpdaterOptions): ViewUpdater => {
  const { store, coordination, views, failed } = options;
  const logPartitions = Array.from({ length: store.logPartitions }, (_, logPartition) => logPartition);
  const work = logPartitions.map((logPartition): WorkUnderLease => {
    const bell = new Bell();
    return workUnderLease({
      ...{ coordination, name: `views-${logPartition}`, failed, bell },
      serve: (term) => {
        const unsubscribe = store.onAppended((rung) => {
          if (rung === logPartition) bell.ring();
        });
        return followLog(term, bell, logPartition, options).finally(unsubscribe);
      },
    });
  });
  return {
    lag: async () => {
      const behind = await Promise.all(
        logPartitions.map(
          async (logPartition) => (await store.lastPosition(logPartition)) - (await views.position(logPartition)),
        ),
      );
      return behind.reduce((sum, events) => sum + events, 0);
    },
    stop: async () => {
      await Promise.all(work.map((each) => each.stop()));
    },
  };
};
