/** A statement that the server plans once per connection. */
export type Statement = { readonly name: string; readonly text: string };

/** Milliseconds since 1970, as a number that node-postgres does not turn into text. */
const epochMs = (instant: string): string => `(extract(epoch FROM ${instant}) * 1000)::float8`;
/** Whole milliseconds, so that an instant is the same whether it was just taken or read back. */
const NOW = `date_trunc('milliseconds', clock_timestamp())`;

/** Answers what the former term left, with the new term's `now`; no row when a newer epoch is there. */
export const CLAIM: Statement = {
  name: 'agenda-claim',
  text: `
WITH former AS (SELECT alive_at FROM agenda.terms WHERE log_partition = $1)
INSERT INTO agenda.terms AS term (log_partition, epoch, position, paused_ms, alive_at)
VALUES ($1, $2, 0, 0, ${NOW})
ON CONFLICT (log_partition) DO UPDATE SET epoch = excluded.epoch
WHERE term.epoch <= excluded.epoch
RETURNING position::float8, paused_ms::float8, ${epochMs(NOW)} AS now_ms,
  (SELECT ${epochMs('former.alive_at')} FROM former) AS alive_at_ms`,
};

/** Everything hangs on `term`: without a row in it nothing is changed. */
export const APPLY: Statement = {
  name: 'agenda-apply',
  text: `
WITH term AS (
  UPDATE agenda.terms SET epoch = $2, position = $3, paused_ms = $4, alive_at = ${NOW}
  WHERE log_partition = $1 AND epoch <= $2 AND position <= $3
  RETURNING alive_at
), opened AS (
  INSERT INTO agenda.open_effects AS row
    (key, log_partition, effect, cause, opened_at, attempts, next_attempt_at, last_reason, untouched_in_epoch)
  SELECT new.key, $1, new.effect::json, new.cause::json, new.opened_at, new.attempts,
    term.alive_at + new.next_attempt_in_ms * interval '1 millisecond', new.last_reason, new.untouched_in_epoch
  FROM term, unnest($5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::int[], $10::float8[], $11::text[], $12::bigint[])
    AS new (key, effect, cause, opened_at, attempts, next_attempt_in_ms, last_reason, untouched_in_epoch)
  ON CONFLICT (key) DO UPDATE SET log_partition = excluded.log_partition, effect = excluded.effect, cause = excluded.cause,
    opened_at = excluded.opened_at, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
    last_reason = excluded.last_reason, untouched_in_epoch = excluded.untouched_in_epoch
), closed AS (
  DELETE FROM agenda.open_effects AS row USING term, unnest($13::text[]) AS old (key) WHERE row.key = old.key
), begun AS (
  INSERT INTO agenda.open_deadlines AS row (key, log_partition, due_at, ripe_at, cause)
  SELECT new.key, $1, new.due_at, new.ripe_at, new.cause::json
  FROM term, unnest($14::text[], $15::timestamptz[], $16::timestamptz[], $17::text[]) AS new (key, due_at, ripe_at, cause)
  ON CONFLICT (key) DO UPDATE SET log_partition = excluded.log_partition, due_at = excluded.due_at,
    ripe_at = excluded.ripe_at, cause = excluded.cause
), cleared AS (
  DELETE FROM agenda.open_deadlines AS row USING term, unnest($18::text[]) AS old (key) WHERE row.key = old.key
)
SELECT ${epochMs('alive_at')} AS now_ms FROM term`,
};

export const OPEN_EFFECTS: Statement = {
  name: 'agenda-open-effects',
  text: `
SELECT key, effect::text AS effect, cause, ${epochMs('opened_at')} AS opened_at_ms, attempts, last_reason,
  untouched_in_epoch::float8, ceil(greatest(${epochMs('next_attempt_at - statement_timestamp()')}, 0)) AS next_attempt_in_ms
FROM agenda.open_effects WHERE log_partition = $1 ORDER BY next_attempt_at LIMIT $2`,
};

/** The statement's own timestamp, unlike the clock, can be looked up in an index. One row without a key when nothing is due. */
export const DUE_DEADLINES: Statement = {
  name: 'agenda-due-deadlines',
  text: `
SELECT ${epochMs('statement_timestamp()')} AS now_ms, due.key, due.cause,
  ${epochMs('due.due_at')} AS due_at_ms, ${epochMs('due.ripe_at')} AS ripe_at_ms
FROM (VALUES (1)) AS one (row) LEFT JOIN (
  SELECT key, due_at, ripe_at, cause FROM agenda.open_deadlines
  WHERE log_partition = $1 AND ripe_at <= statement_timestamp() - $2::float8 * interval '1 millisecond'
  ORDER BY ripe_at LIMIT $3
) AS due ON true ORDER BY due.ripe_at`,
};

export const COUNTS: Statement = {
  name: 'agenda-counts',
  text: `
SELECT (SELECT count(*) FROM agenda.open_effects)::float8 AS effects,
  (SELECT count(*) FROM agenda.open_deadlines)::float8 AS deadlines`,
};

export const RESET: Statement = {
  name: 'agenda-reset',
  text: `
WITH term AS (
  UPDATE agenda.terms SET epoch = $2, position = 0, alive_at = ${NOW} WHERE log_partition = $1 AND epoch <= $2
  RETURNING alive_at
), effects AS (
  DELETE FROM agenda.open_effects USING term WHERE log_partition = $1
), deadlines AS (
  DELETE FROM agenda.open_deadlines USING term WHERE log_partition = $1
)
SELECT ${epochMs('alive_at')} AS now_ms FROM term`,
};
