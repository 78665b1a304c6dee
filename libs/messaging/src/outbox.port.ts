import type { Lease } from '@murmuration/event-store';
import type { Watermark } from './link';

/** How far a relay has come in one log partition, and the last record it sent to each topic-partition. */
export type RelayCheckpoint = {
  readonly position: number;
  /** By `topic/partition`. */
  readonly lastSent: ReadonlyMap<string, Watermark>;
};

/** Where a relay keeps its place, fenced by the epoch of its lease. */
export type Outbox = {
  read(logPartition: number): Promise<RelayCheckpoint>;
  /** `fenced` when a relay of a newer epoch has written already. */
  write(logPartition: number, lease: Lease, checkpoint: RelayCheckpoint): Promise<'written' | 'fenced'>;
};
