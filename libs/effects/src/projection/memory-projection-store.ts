import type { ProjectionCheckpoint, RowKeysOf, RowTables, ScannedProjectionStore } from './projection-store.port';

/** A projection store in this process; `tables` are its rows, for whoever asks them in other ways. */
export type MemoryProjectionStore<Rows> = ScannedProjectionStore<Rows> & { readonly tables: Rows };

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

export const memoryProjectionStore = <Rows extends RowTables>(noRows: () => Rows): MemoryProjectionStore<Rows> => {
  const tables = noRows();
  const checkpoints = new Map<number, Pick<ProjectionCheckpoint, 'epoch' | 'position'>>();
  const pick = (view: string, keys: ReadonlySet<string>): Map<string, unknown> =>
    new Map([...keys].flatMap((key) => (tables[view]?.has(key) ? [[key, tables[view].get(key)] as const] : [])));
  return {
    tables,
    position: async (logPartition) => checkpoints.get(logPartition)?.position ?? 0,
    load: async (keys: RowKeysOf<Rows>) =>
      Object.fromEntries(
        Object.entries<ReadonlySet<string>>(keys).map(([view, wanted]) => [view, pick(view, wanted)]),
      ) as unknown as Rows, // because each view's rows come out of its own table
    save: async (rows, { logPartition, epoch, from, position }) => {
      const found = checkpoints.get(logPartition) ?? { epoch, position: 0 };
      if (found.position !== from || found.epoch > epoch) return 'fenced';
      checkpoints.set(logPartition, { epoch, position });
      for (const [view, table] of Object.entries(rows)) for (const [key, row] of table) tables[view]?.set(key, row);
      return 'saved';
    },
    scan: async (view, after, limit) =>
      [...(tables[view] ?? [])]
        .filter(([key]) => key > after)
        .sort(([left], [right]) => byText(left, right))
        .slice(0, limit)
        .map(([key, row]) => ({ key, view: row })),
  };
};
