import { poolOf } from '@murmuration/event-store';
import type { DataSource } from 'typeorm';
import type { Watermark } from '../link';
import type { Outbox } from '../outbox.port';
import { READ_RELAY_CHECKPOINT, WRITE_RELAY_CHECKPOINT } from './inbox.statements';
import { runStatement } from './statements';

type StoredPlace = readonly [target: string, position: number, eventId: string];

/** Keeps relays' places in PostgreSQL, beside the log that they follow. Rejects with `MessagingError`. */
export const postgresOutbox = ({ dataSource }: { readonly dataSource: DataSource }): Outbox => {
  const pool = poolOf(dataSource);
  return {
    read: async (logPartition) => {
      const [row] = await runStatement(pool, READ_RELAY_CHECKPOINT, [logPartition]);
      const places = (row?.['last_sent'] ?? []) as readonly StoredPlace[];
      return {
        position: Number(row?.['position'] ?? 0),
        lastSent: new Map(
          places.map(([target, position, eventId]): [string, Watermark] => [target, { position, eventId }]),
        ),
      };
    },
    write: async (logPartition, { epoch }, { position, lastSent }) => {
      const places = [...lastSent].map(([target, sent]): StoredPlace => [target, sent.position, sent.eventId]);
      const values = [logPartition, epoch, position, JSON.stringify(places)];
      const written = await runStatement(pool, WRITE_RELAY_CHECKPOINT, values);
      return written.length === 0 ? 'fenced' : 'written';
    },
  };
};
