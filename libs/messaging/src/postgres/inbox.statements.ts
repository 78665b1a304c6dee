import { SYSTEM } from '../inbox.port';
import type { Statement } from './statements';

/** (group, topic, partition, holder): raises the epoch, which fences the former holder. */
export const CLAIM: Statement = {
  name: 'msg_claim',
  text: `INSERT INTO messaging.consumer_claims AS c (consumer_group, topic, partition, epoch, holder) VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (consumer_group, topic, partition)
    DO UPDATE SET epoch = c.epoch + 1, sequence = 0, starts = c.starts + 1, holder = excluded.holder, claimed_at = clock_timestamp()
    RETURNING epoch, next_offset, starts`,
};

const OF_CLAIM = 'consumer_group = $1 AND topic = $2 AND partition = $3';

/** (group, topic, partition, epoch, offset) */
export const NOTE_ATTEMPT: Statement = {
  name: 'msg_note_attempt',
  text: `UPDATE messaging.consumer_claims SET suspect_offset = $5, suspect_epoch = $4,
      suspect_attempts = CASE WHEN suspect_offset IS DISTINCT FROM $5 THEN 1
        WHEN suspect_epoch = $4 THEN suspect_attempts ELSE suspect_attempts + 1 END
    WHERE ${OF_CLAIM} AND epoch = $4 RETURNING suspect_attempts`,
};

/** (group, topic, partition, epoch, offset) */
export const WITHDRAW_ATTEMPT: Statement = {
  name: 'msg_withdraw_attempt',
  text: `UPDATE messaging.consumer_claims SET suspect_attempts = greatest(0, suspect_attempts - 1), suspect_epoch = NULL
    WHERE ${OF_CLAIM} AND suspect_epoch = $4 AND suspect_offset = $5`,
};

export const READ_WATERMARKS: Statement = {
  name: 'msg_read_watermarks',
  text: `SELECT source, position, event_id FROM messaging.watermarks WHERE ${OF_CLAIM}`,
};
export const READ_PARKED_KEYS: Statement = {
  name: 'msg_read_parked_keys',
  text: `SELECT key, count(*) AS records FROM messaging.parked_records
    WHERE ${OF_CLAIM} AND outcome IS NULL AND holds_key GROUP BY key`,
};

const PARKED =
  'id, topic, partition, record_offset, key, holds_key, value, headers, kind, reason, step, parked_at, wish';

/** (after id, limit, group, topic, partition, key, kind), all but the limit or NULL */
export const LIST_PARKED: Statement = {
  name: 'msg_list_parked',
  text: `SELECT ${PARKED} FROM messaging.parked_records WHERE outcome IS NULL AND place_in_queue >
    coalesce((SELECT place_in_queue FROM messaging.parked_records WHERE id = $1), 0)
    AND ($3::text IS NULL OR consumer_group = $3) AND ($4::text IS NULL OR topic = $4)
    AND ($5::int IS NULL OR partition = $5) AND ($6::text IS NULL OR key = $6) AND ($7::text IS NULL OR kind = $7)
    ORDER BY place_in_queue LIMIT $2`,
};
export const FIND_PARKED: Statement = {
  name: 'msg_find_parked',
  text: `SELECT ${PARKED} FROM messaging.parked_records WHERE id = $1 AND outcome IS NULL`,
};
export const COUNT_PARKED: Statement = {
  name: 'msg_count_parked',
  text: 'SELECT count(*) AS records FROM messaging.parked_records WHERE outcome IS NULL',
};
/** (id, wish, actor): a row comes back when the record is parked. */
export const WISH: Statement = {
  name: 'msg_wish',
  text: `WITH wished AS (
      UPDATE messaging.parked_records SET wish = $2, wished_by = $3
      WHERE id = $1 AND outcome IS NULL AND (wish IS NULL OR $3 <> '${SYSTEM}') RETURNING id
    ), trail AS (
      INSERT INTO messaging.parked_trail (parked_id, actor, action) SELECT id, $3, $2 FROM wished
    )
    SELECT id FROM messaging.parked_records WHERE id = $1 AND outcome IS NULL`,
};
/** (id) */
export const READ_TRAIL: Statement = {
  name: 'msg_read_trail',
  text: `SELECT noted_at, actor, action, reason FROM messaging.parked_trail WHERE parked_id = $1
    ORDER BY entry LIMIT 1000`,
};
/** (id, value, headers, actor) */
export const EDIT_PARKED: Statement = {
  name: 'msg_edit_parked',
  text: `WITH former AS (
      SELECT id, value, headers FROM messaging.parked_records WHERE id = $1 AND outcome IS NULL FOR UPDATE
    ), edits AS (
      INSERT INTO messaging.parked_edits (parked_id, actor, former_value, former_headers)
      SELECT id, $4, value, headers FROM former
    ), trail AS (
      INSERT INTO messaging.parked_trail (parked_id, actor, action) SELECT id, $4, 'edit' FROM former
    )
    UPDATE messaging.parked_records p SET value = $2, headers = $3::json FROM former WHERE p.id = former.id RETURNING p.id`,
};

/**
 * (group, topics, partitions), the places or NULL for all: the queues whose head somebody wants settled or only waited for one
 * that is settled: a bounded page, of what can move alone.
 */
export const LIST_WISHES: Statement = {
  name: 'msg_list_wishes',
  text: `WITH queues AS (
      SELECT topic, partition, CASE WHEN holds_key THEN key END AS queue_key, CASE WHEN holds_key THEN '' ELSE id END AS alone,
        min(place_in_queue) AS head
      FROM messaging.parked_records WHERE outcome IS NULL AND consumer_group = $1
        AND ($2::text[] IS NULL OR (topic, partition) IN (SELECT * FROM unnest($2::text[], $3::int[])))
      GROUP BY 1, 2, 3, 4
    )
    SELECT ${PARKED.split(', ')
      .map((column) => `p.${column}`)
      .join(', ')}
    FROM queues q JOIN messaging.parked_records h ON h.place_in_queue = q.head AND h.outcome IS NULL
    JOIN messaging.parked_records p ON p.outcome IS NULL AND p.consumer_group = $1 AND p.topic = q.topic
      AND p.partition = q.partition
      AND CASE WHEN q.alone = '' THEN p.holds_key AND p.key = q.queue_key ELSE p.id = q.alone END
    WHERE h.wish IS NOT NULL OR h.kind = 'queued'
    ORDER BY p.place_in_queue LIMIT 1000`,
};

/** (settled before, limit). Rows that another process is forgetting are left to it. */
export const PRUNE_SETTLED: Statement = {
  name: 'msg_prune_settled',
  text: `WITH old AS (
      SELECT id FROM messaging.parked_records WHERE outcome IS NOT NULL AND settled_at < $1
      ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ), trail AS (
      DELETE FROM messaging.parked_trail t USING old WHERE t.parked_id = old.id
    ), edits AS (
      DELETE FROM messaging.parked_edits e USING old WHERE e.parked_id = old.id
    )
    DELETE FROM messaging.parked_records p USING old WHERE p.id = old.id RETURNING p.id`,
};

export const READ_RELAY_CHECKPOINT: Statement = {
  name: 'msg_read_relay_checkpoint',
  text: 'SELECT position, last_sent FROM messaging.relay_checkpoints WHERE log_partition = $1',
};
/** (log partition, epoch, position, last sent): no row comes back when a newer epoch has written. */
export const WRITE_RELAY_CHECKPOINT: Statement = {
  name: 'msg_write_relay_checkpoint',
  text: `INSERT INTO messaging.relay_checkpoints AS c (log_partition, epoch, position, last_sent) VALUES ($1, $2, $3, $4)
    ON CONFLICT (log_partition)
    DO UPDATE SET epoch = excluded.epoch, position = excluded.position, last_sent = excluded.last_sent
    WHERE c.epoch <= excluded.epoch
    RETURNING epoch`,
};
