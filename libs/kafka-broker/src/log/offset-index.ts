const INTERVAL_BYTES = 4096;

export type IndexSnapshot = readonly (readonly [offset: number, position: number, maxTimestamp: number])[];

/**
 * A sparse index of one segment: about every 4 KiB the offset and file position where a batch begins, and the greatest
 * timestamp from there to the next entry. Positions in it are always the beginnings of batches.
 */
export class OffsetIndex {
  private readonly offsets: number[] = [];
  private readonly positions: number[] = [];
  private readonly maxTimestamps: number[] = [];

  /** Notes a batch; `boundary` forces an entry. */
  note(offset: number, position: number, maxTimestamp: number, boundary = false): void {
    const last = this.positions.length - 1;
    if (last < 0 || boundary || position - this.positions[last]! >= INTERVAL_BYTES) {
      this.offsets.push(offset);
      this.positions.push(position);
      this.maxTimestamps.push(maxTimestamp);
    } else if (maxTimestamp > this.maxTimestamps[last]!) {
      this.maxTimestamps[last] = maxTimestamp;
    }
  }

  /** Where to begin to look for an offset: at or before its batch. */
  positionBefore(offset: number): number {
    const at = lastNotAbove(this.offsets, offset);
    return at < 0 ? 0 : this.positions[at]!;
  }

  /** The greatest known beginning of a batch at or before a position, or 0. */
  boundaryBefore(position: number): number {
    const at = lastNotAbove(this.positions, position);
    return at < 0 ? 0 : this.positions[at]!;
  }

  /** The offset at which the first stretch with a timestamp of at least this begins. */
  offsetBeforeTimestamp(timestamp: number): number | undefined {
    const at = this.maxTimestamps.findIndex((max) => max >= timestamp);
    return at < 0 ? undefined : this.offsets[at];
  }

  get maxTimestamp(): number {
    return this.maxTimestamps.reduce((max, timestamp) => Math.max(max, timestamp), -1);
  }

  snapshot(): IndexSnapshot {
    return this.offsets.map((offset, at) => [offset, this.positions[at]!, this.maxTimestamps[at]!]);
  }

  restore(snapshot: IndexSnapshot): void {
    this.clear();
    for (const [offset, position, maxTimestamp] of snapshot) this.note(offset, position, maxTimestamp, true);
  }

  clear(): void {
    this.offsets.length = 0;
    this.positions.length = 0;
    this.maxTimestamps.length = 0;
  }
}

/** The place of the last value that is not above a bound in an ascending list, or −1. */
const lastNotAbove = (ascending: readonly number[], bound: number): number => {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
