/** How far a named reader of a log partition has come. A checkpoint moves only forward and only under the newest epoch. */
export type Checkpoint = {
  readonly reader: string;
  readonly logPartition: number;
  readonly position: number;
  readonly epoch: number;
};

export type MoveOutcome = 'moved' | 'already-there' | 'fenced';

/** A lease on a piece of work, by the database clock. Each take-over raises the epoch, which fences the former holder. */
export type Lease = { readonly name: string; readonly holder: string; readonly epoch: number };

export type LeaseOutcome =
  | { readonly outcome: 'held'; readonly lease: Lease }
  /** Another holder is healthy; ask again after about `retryInMs`. */
  | { readonly outcome: 'taken'; readonly retryInMs: number };

export type Coordination = {
  /** Takes a free or lapsed lease (raising the epoch) or renews one that this holder has (keeping it). */
  acquire(name: string, holder: string, durationMs: number): Promise<LeaseOutcome>;
  /** Gives a lease up so that another may take it at once; nothing happens when it is no longer held at that epoch. */
  release(lease: Lease): Promise<void>;
  /** 0 when the reader never moved. */
  readCheckpoint(reader: string, logPartition: number): Promise<number>;
  /** `fenced` when a newer epoch has already moved it, or the position would go back. */
  moveCheckpoint(checkpoint: Checkpoint): Promise<MoveOutcome>;
};
