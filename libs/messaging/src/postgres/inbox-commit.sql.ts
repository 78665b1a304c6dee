import { APPEND_PARAMETERS, FAILED_AT_INDEX } from '@murmuration/event-store';

/** The parameters before those of the append. Parts are numbered from 1; the arrays of claims have one element each. */
export const INBOX_PARAMETERS = [
  ['claim_group', 'text'],
  ['claim_topics', 'text[]'],
  ['claim_partitions', 'int[]'],
  ['claim_epochs', 'bigint[]'],
  ['batch_sequences', 'bigint[]'],
  ['batch_next_offsets', 'bigint[]'],
  ['watermark_parts', 'int[]'],
  ['watermark_sources', 'text[]'],
  ['watermark_positions', 'bigint[]'],
  ['watermark_event_ids', 'text[]'],
  // JSON arrays of rows, or NULL.
  ['parked_rows', 'json'],
  ['settled_rows', 'json'],
  ['has_append', 'boolean'],
] as const;

/** 0 committed now, 1 fenced, 2 the append failed and nothing was written, 3 committed before and nothing was written now. */
export const INBOX_COMMITTED = 0;
export const INBOX_FENCED = 1;
export const INBOX_REPEATED = 3;

const parameters = [...INBOX_PARAMETERS, ...APPEND_PARAMETERS];
const declared = parameters.map(([name, type]) => `${name} ${type}`).join(', ');
const passedOn = APPEND_PARAMETERS.map(([name]) => name).join(', ');

/**
 * The micro-batches of some topic-partitions, all of it or nothing. The append comes before all other writes: it either
 * writes everything or answers why not without having written, so nothing has to be undone and no subtransaction is
 * needed. The rows of the claims are locked first, in order, which also makes batches that are sent again wait for the first.
 */
const commitFunction = (settle: string): string => `
CREATE OR REPLACE FUNCTION messaging.inbox_commit(${declared}, OUT inbox_outcome int, OUT append_answer bigint[])
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
AS $commit$
#variable_conflict use_column
DECLARE
  next_parts int;
  repeated_parts int;
  appended bigint[];
BEGIN
  SELECT count(*) FILTER (WHERE l.sequence = l.wanted - 1), count(*) FILTER (WHERE l.sequence = l.wanted)
  INTO next_parts, repeated_parts
  FROM (
    SELECT c.sequence, w.sequence AS wanted
    FROM unnest(claim_topics, claim_partitions, claim_epochs, batch_sequences) AS w(topic, partition, epoch, sequence)
    JOIN messaging.consumer_claims c
      ON c.consumer_group = claim_group AND c.topic = w.topic AND c.partition = w.partition AND c.epoch = w.epoch
    ORDER BY c.topic, c.partition
    FOR NO KEY UPDATE OF c
  ) l;
  inbox_outcome := ${INBOX_COMMITTED};
  IF repeated_parts = cardinality(claim_topics) THEN
    inbox_outcome := ${INBOX_REPEATED};
    RETURN;
  END IF;
  IF next_parts < cardinality(claim_topics) THEN
    inbox_outcome := ${INBOX_FENCED};
    RETURN;
  END IF;

  IF has_append THEN
    appended := event_store.append(true, ${passedOn});
    IF appended[${FAILED_AT_INDEX}] > 0 THEN
      inbox_outcome := 2;
      append_answer := appended;
      RETURN;
    END IF;
  END IF;

  UPDATE messaging.consumer_claims c SET next_offset = w.next_offset, sequence = w.sequence, starts = 0
  FROM unnest(claim_topics, claim_partitions, batch_sequences, batch_next_offsets) AS w(topic, partition, sequence, next_offset)
  WHERE c.consumer_group = claim_group AND c.topic = w.topic AND c.partition = w.partition;

  IF cardinality(watermark_sources) > 0 THEN
    INSERT INTO messaging.watermarks AS w (consumer_group, topic, partition, source, position, event_id)
    SELECT claim_group, claim_topics[m.part], claim_partitions[m.part], m.source, m.position, m.event_id
    FROM unnest(watermark_parts, watermark_sources, watermark_positions, watermark_event_ids) AS m(part, source, position, event_id)
    ON CONFLICT (consumer_group, topic, partition, source)
    DO UPDATE SET position = excluded.position, event_id = excluded.event_id;
  END IF;

  IF parked_rows IS NOT NULL THEN
    INSERT INTO messaging.parked_records
      (id, consumer_group, topic, partition, record_offset, key, holds_key, value, headers, kind, reason, step, parked_at)
    SELECT p.id, claim_group, p.topic, p.partition, p.record_offset, p.key, p.holds_key, decode(p.value, 'base64'),
      p.headers::json, p.kind, p.reason, p.step, p.parked_at
    FROM json_to_recordset(parked_rows) AS p(id text, topic text, partition int, record_offset bigint, key text,
      holds_key boolean, value text, headers text, kind text, reason text, step text, parked_at timestamptz)
    ON CONFLICT (id) DO NOTHING;
  END IF;

  IF settled_rows IS NOT NULL THEN
    ${settle}
  END IF;
END
$commit$`;

/** `isVain`: when a wish is taken back, because it was tried and failed again. */
const settleWith = (isVain: string): string => `UPDATE messaging.parked_records p SET
        outcome = CASE WHEN s.outcome = 'failed-again' THEN NULL ELSE s.outcome END,
        settled_at = CASE WHEN s.outcome = 'failed-again' THEN NULL ELSE clock_timestamp() END,
        wish = CASE WHEN ${isVain} THEN NULL ELSE p.wish END,
        kind = CASE WHEN s.outcome = 'failed-again' THEN coalesce(s.kind, 'failed') ELSE p.kind END,
        reason = coalesce(s.reason, p.reason)
      FROM json_to_recordset(settled_rows) AS s(id text, outcome text, reason text, kind text)
      WHERE p.id = s.id AND p.outcome IS NULL`;

const EVERY_WISH = "s.outcome = 'failed-again'";
/** A discard never fails: it came while the redrive was tried. */
const NO_DISCARD = "s.outcome = 'failed-again' AND p.wish <> 'discard'";

const withTrail = (settle: string): string => `WITH settled AS (
      ${settle}
      RETURNING p.id AS settled_id, s.outcome AS settled_as, s.reason AS settled_why
    )
    INSERT INTO messaging.parked_trail (parked_id, actor, action, reason)
    SELECT settled_id, 'consumer', settled_as, settled_why FROM settled;`;

/** The commit as it was before there was a trail. */
export const INBOX_COMMIT_WITHOUT_TRAIL = commitFunction(`${settleWith(EVERY_WISH)};`);
/** The commit as it was when a redrive that failed took back whatever was wished meanwhile. */
export const INBOX_COMMIT_FORGETTING = commitFunction(withTrail(settleWith(EVERY_WISH)));

export const INBOX_COMMIT_FUNCTION = commitFunction(withTrail(settleWith(NO_DISCARD)));

const COMMIT_PLACES = parameters.map((_, index) => `$${index + 1}`).join(', ');

export const COMMIT_INBOX = {
  name: 'msg_inbox_commit',
  text: `SELECT * FROM messaging.inbox_commit(${COMMIT_PLACES})`,
};
