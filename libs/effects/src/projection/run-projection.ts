import type { Coordination, EventStore, StoredEvent } from '@murmuration/event-store';
import { Bell } from '../lease/bell';
import { type Term, type WorkUnderLease, workUnderLease } from '../lease/work-under-lease';
import { systemTiming } from '../system-timing';
import type { Timing } from '../timing.port';
import type { Projection, ProjectionStore, RowKeysOf, RowTables } from './projection-store.port';

/** Every bound of a projection's runner. */
export type ProjectionLimits = {
  /** Events folded and saved at once. */
  readonly eventsPerRunMax: number;
  /** Rows kept at hand from one run to the next. */
  readonly rowsKeptMax: number;
  /** The longest sleep between two looks at the log, in case a bell was missed. */
  readonly pollMs: number;
  /** The least time from one run to the next: what is stored meanwhile shares a statement. */
  readonly paceMs: number;
};

export const PROJECTION_LIMITS: ProjectionLimits = {
  eventsPerRunMax: 1_000,
  rowsKeptMax: 50_000,
  pollMs: 250,
  paceMs: 15,
};

export type RunProjectionOptions<Event, Rows extends RowTables> = {
  /** Names the leases: one for each log partition, `<name>-<logPartition>`. */
  readonly name: string;
  readonly store: Pick<EventStore, 'logPartitions' | 'readLog' | 'lastPosition' | 'onAppended'>;
  readonly coordination: Coordination;
  readonly decode: (stored: StoredEvent) => Event;
  readonly projection: Projection<Event, Rows>;
  readonly rows: ProjectionStore<Rows>;
  readonly failed: (error: unknown, doing: string) => void;
  /** Names this process among the replicas; random by default. */
  readonly holder?: string;
  readonly leaseMs?: number;
  readonly limits?: Partial<ProjectionLimits>;
  /** The machine's, by default. */
  readonly timing?: Timing;
};

export type RunningProjection = {
  /** How many stored events the rows do not show yet. */
  lag(): Promise<number>;
  /** Resolves when the run under way is saved and the leases are given up. */
  stop(): Promise<void>;
};

/** Rows by their keys, whatever their types are. */
const tablesOf = (rows: RowTables): readonly (readonly [string, Map<string, unknown>])[] => Object.entries(rows);

const missing = <Rows extends RowTables>(keys: RowKeysOf<Rows>, rows: Rows): RowKeysOf<Rows> =>
  Object.fromEntries(
    Object.entries<ReadonlySet<string>>(keys).map(([view, wanted]) => [
      view,
      new Set([...wanted].filter((key) => !rows[view]?.has(key))),
    ]),
  ) as unknown as RowKeysOf<Rows>; // because it has the views that `keys` has

const learn = (rows: RowTables, loaded: RowTables): void => {
  for (const [view, table] of tablesOf(loaded)) for (const [key, row] of table) rows[view]?.set(key, row);
};

const sizeOf = (rows: RowTables): number => tablesOf(rows).reduce((sum, [, { size }]) => sum + size, 0);

/** One term of following one log partition. Rows stay at hand, since nobody else writes them meanwhile. */
const followLog = async <Event, Rows extends RowTables>(
  term: Term,
  bell: Bell,
  logPartition: number,
  options: RunProjectionOptions<Event, Rows>,
): Promise<void> => {
  const { store, decode, projection, rows: kept } = options;
  const { eventsPerRunMax, rowsKeptMax, pollMs, paceMs } = { ...PROJECTION_LIMITS, ...options.limits };
  let rows = projection.noRows();
  let position = await kept.position(logPartition);
  while (!term.isOver()) {
    const stored = term.isHeld() ? await store.readLog(logPartition, position, eventsPerRunMax) : [];
    const last = stored.at(-1);
    if (last === undefined) {
      await bell.sleep(pollMs);
      continue;
    }
    const events = stored.map(decode);
    learn(rows, await kept.load(missing(projection.keysOf(events), rows)));
    const changed = projection.foldEvents(rows, events);
    const checkpoint = { logPartition, epoch: term.lease.epoch, from: position, position: last.position };
    if ((await kept.save(changed, checkpoint)) === 'fenced') return;
    position = last.position;
    if (sizeOf(rows) > rowsKeptMax) rows = projection.noRows();
    if (stored.length < eventsPerRunMax) await term.pause(paceMs);
  }
};

/** Keeps rows up with a log: one process at a time for each log partition, each run's rows and checkpoint saved as one. */
export const runProjection = <Event, Rows extends RowTables>(
  options: RunProjectionOptions<Event, Rows>,
): RunningProjection => {
  const { name, store, coordination, rows, failed, holder, leaseMs, timing = systemTiming } = options;
  const logPartitions = Array.from({ length: store.logPartitions }, (_, logPartition) => logPartition);
  const work = logPartitions.map((logPartition): WorkUnderLease => {
    const bell = new Bell(timing);
    return workUnderLease({
      ...{ coordination, name: `${name}-${logPartition}`, failed, bell, timing },
      ...(holder === undefined ? {} : { holder }),
      ...(leaseMs === undefined ? {} : { leaseMs }),
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
          async (logPartition) => (await store.lastPosition(logPartition)) - (await rows.position(logPartition)),
        ),
      );
      return behind.reduce((sum, events) => sum + events, 0);
    },
    stop: async () => {
      await Promise.all(work.map((each) => each.stop()));
    },
  };
};
