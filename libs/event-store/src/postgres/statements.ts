import { APPEND_PARAMETERS } from './append-function.sql';
import type { Statement } from './lane';
import { EVENT_COLUMNS } from './rows';

const appendPlaces = APPEND_PARAMETERS.map((_, index) => `$${index + 1}`).join(', ');

const append = (allOrNone: boolean): string => `SELECT event_store.append(${String(allOrNone)}, ${appendPlaces})`;

export const APPEND_EACH: Statement = { name: 'es_append_each', text: append(false) };
export const APPEND_ALL: Statement = { name: 'es_append_all', text: append(true) };

export const READ_STREAMS: Statement = {
  name: 'es_read_streams',
  text: `SELECT s.n, ${EVENT_COLUMNS}
    FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS s(id, first, last, n)
    CROSS JOIN LATERAL (
      SELECT * FROM event_store.events e WHERE e.stream_id = s.id AND e.version BETWEEN s.first AND s.last ORDER BY e.version
    ) e`,
};

export const READ_BACKWARDS: Statement = {
  name: 'es_read_backwards',
  text: `SELECT ${EVENT_COLUMNS} FROM event_store.events e WHERE e.stream_id = $1 ORDER BY e.version DESC LIMIT $2`,
};

export const FIND_EVENTS: Statement = {
  name: 'es_find_events',
  text: `SELECT ${EVENT_COLUMNS} FROM event_store.events e WHERE e.event_id = ANY ($1::uuid[])`,
};

export const READ_LOG: Statement = {
  name: 'es_read_log',
  text: `SELECT ${EVENT_COLUMNS} FROM event_store.events e WHERE e.log_partition = $1 AND e.position > $2 ORDER BY e.position LIMIT $3`,
};

export const LAST_POSITION: Statement = {
  name: 'es_last_position',
  text: 'SELECT coalesce((SELECT position FROM event_store.events WHERE log_partition = $1 ORDER BY position DESC LIMIT 1), 0)',
};

export const ARCHIVE: Statement = { name: 'es_archive', text: 'SELECT event_store.archive_stream($1, $2)' };

export const CLAIM_SETTINGS: Statement = {
  name: 'es_claim_settings',
  text: 'INSERT INTO event_store.settings (log_partitions) VALUES ($1) ON CONFLICT DO NOTHING',
};
export const READ_SETTINGS: Statement = {
  name: 'es_read_settings',
  text: 'SELECT log_partitions FROM event_store.settings',
};

/** Never waits for the disk: a bell that is lost in a crash has nobody left to hear it. */
export const RING: Statement = {
  name: 'es_ring',
  text: "SELECT set_config('synchronous_commit', 'off', true), pg_notify('event_store_appended', $1)",
};
export const LISTEN = 'LISTEN event_store_appended';

export const ACQUIRE_LEASE: Statement = {
  name: 'es_acquire_lease',
  text: 'SELECT held_epoch, retry_in_ms FROM event_store.acquire_lease($1, $2, $3)',
};
export const RELEASE_LEASE: Statement = {
  name: 'es_release_lease',
  text: "UPDATE event_store.leases SET lapses_at = '-infinity' WHERE name = $1 AND holder = $2 AND epoch = $3",
};
export const READ_CHECKPOINT: Statement = {
  name: 'es_read_checkpoint',
  text: 'SELECT position FROM event_store.checkpoints WHERE reader = $1 AND log_partition = $2',
};
export const MOVE_CHECKPOINT: Statement = {
  name: 'es_move_checkpoint',
  text: 'SELECT event_store.move_checkpoint($1, $2, $3, $4)',
};
