/** Rows of several views by their keys, as far as they are at hand. */
export type RowTables = Readonly<Record<string, Map<string, unknown>>>;

/** Keys of rows, view by view. */
export type RowKeysOf<Rows> = { readonly [View in keyof Rows]: ReadonlySet<string> };

/** How far the views of one log partition have come, under which lease. */
export type ProjectionCheckpoint = {
  readonly logPartition: number;
  readonly epoch: number;
  /** Where the rows that are replaced were at. */
  readonly from: number;
  readonly position: number;
};

/** Where the rows of a projection are kept. */
export type ProjectionStore<Rows> = {
  /** The position of the last event that the rows show. */
  position(logPartition: number): Promise<number>;
  /** The rows with these keys, as far as there are any. */
  load(keys: RowKeysOf<Rows>): Promise<Rows>;
  /** The rows and the checkpoint in one statement; `fenced` when another has moved the checkpoint since. */
  save(rows: Rows, checkpoint: ProjectionCheckpoint): Promise<'saved' | 'fenced'>;
};

/** A projection store whose rows can be gone through. */
export type ScannedProjectionStore<Rows> = ProjectionStore<Rows> & {
  /** Rows with a key above `after`, in the order of keys. */
  scan(
    view: keyof Rows & string,
    after: string,
    limit: number,
  ): Promise<readonly { readonly key: string; readonly view: unknown }[]>;
};

/** How events become rows: pure, so that the same events give the same rows. */
export type Projection<Event, Rows> = {
  readonly noRows: () => Rows;
  /** The rows that these events are about. */
  readonly keysOf: (events: readonly Event[]) => RowKeysOf<Rows>;
  /** Folds events into the rows, in their order, and answers those that changed. */
  readonly foldEvents: (rows: Rows, events: readonly Event[]) => Rows;
};
