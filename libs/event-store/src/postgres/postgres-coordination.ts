import type { DataSource } from 'typeorm';
import type { Coordination, MoveOutcome } from '../checkpoints.port';
import { poolOf } from './data-source';
import { runPooled } from './lane';
import { numberAt } from './rows';
import { ACQUIRE_LEASE, MOVE_CHECKPOINT, READ_CHECKPOINT, RELEASE_LEASE } from './statements';

/** Leases and checkpoints in PostgreSQL, by its clock. Rejects with `EventStoreError` `unavailable` or `not-migrated`. */
export const postgresCoordination = ({ dataSource }: { readonly dataSource: DataSource }): Coordination => {
  const pool = poolOf(dataSource);
  return {
    acquire: async (name, holder, durationMs) => {
      const [row] = await runPooled(pool, ACQUIRE_LEASE, [name, holder, Math.ceil(durationMs)]);
      if (typeof row?.[0] === 'string') return { outcome: 'held', lease: { name, holder, epoch: numberAt(row, 0) } };
      return { outcome: 'taken', retryInMs: numberAt(row ?? [], 1) };
    },
    release: async ({ name, holder, epoch }) => {
      await runPooled(pool, RELEASE_LEASE, [name, holder, epoch]);
    },
    readCheckpoint: async (reader, logPartition) => {
      const [row] = await runPooled(pool, READ_CHECKPOINT, [reader, logPartition]);
      return row ? numberAt(row, 0) : 0;
    },
    moveCheckpoint: async ({ reader, logPartition, position, epoch }) => {
      const [row] = await runPooled(pool, MOVE_CHECKPOINT, [reader, logPartition, position, epoch]);
      return row?.[0] as MoveOutcome;
    },
  };
};
