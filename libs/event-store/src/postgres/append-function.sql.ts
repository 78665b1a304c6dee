/** Separates JSON texts within one parameter: a control character that no JSON text can hold. */
export const JSON_SEPARATOR = '\u001e';

/** The first key of the advisory locks on log partitions; the second is the partition. */
export const LOG_LOCK_CLASS = 1_937_077_604;

/**
 * The parameters that follow the mode, as a wrapping function has to declare and pass them on. The client numbers
 * streams, log partitions, checks and events from 1 and foretells what each of them finds when every request is
 * accepted, so that the common case needs no loop.
 */
export const APPEND_PARAMETERS = [
  // Distinct and ascending: the order in which they are locked.
  ['partitions', 'int[]'],
  ['stream_ids', 'text[]'],
  // Index into partitions, one per stream.
  ['stream_partitions', 'int[]'],
  // The version that a stream must have before this call if all of its checks are to hold; or of BASES.
  ['stream_bases', 'bigint[]'],
  // Index of the last check and of the last event of each request.
  ['check_ends', 'int[]'],
  ['event_ends', 'int[]'],
  ['check_streams', 'int[]'],
  // The version, or −1 for any version from 1.
  ['check_expected', 'bigint[]'],
  ['event_streams', 'int[]'],
  // The event is the n-th of its stream, and of its log partition, in this call.
  ['event_in_stream', 'int[]'],
  ['event_in_log', 'int[]'],
  ['event_ids', 'uuid[]'],
  // Index of the nearest earlier event with the same id, else 0; empty when no id occurs twice.
  ['event_twins', 'int[]'],
  ['event_types', 'text[]'],
  ['event_schema_versions', 'int[]'],
  // JSON texts, separated by U+001E.
  ['event_data', 'text'],
  ['event_metadata', 'text'],
] as const;

/** What `stream_bases` says of a stream without one version that it must have. */
export const BASES = { any: -1, exists: -2, impossible: -3 } as const;

/** The answer's second element is the request, from 1, that made mode "all" write nothing; else 0. */
export const FAILED_AT_INDEX = 2;

const declared = APPEND_PARAMETERS.map(([name, type]) => `${name} ${type}`).join(', ');

const INSERT_COLUMNS =
  'log_partition, position, stream_id, version, event_id, type, schema_version, data, metadata, recorded_at';

/**
 * Answers with numbers, since an array costs the server a tenth less than a row: `{0, 0, the versions of the streams
 * before, the last positions of the log partitions before}` when every request was accepted as new, else `{1, failed at,
 * per request: outcomes, subjects, actual versions, per event: versions, positions}`. Outcomes are 0 appended, 1 repeated,
 * 2 conflict (subject: the check), 3 id taken (the event), 4 archived (the stream).
 *
 * Locks first and reads afterwards: under READ COMMITTED each statement of a volatile function sees what was committed
 * before it began, so versions and positions that are read under the locks are the newest, and since the locks last
 * until the commit, positions are gapless and in the order of commits. Plans are forced to be generic and by index:
 * custom ones would be made anew at each call, and one made for an empty table would later read all of it.
 */
export const APPEND_FUNCTION = `
CREATE FUNCTION event_store.append(all_or_none boolean, ${declared}) RETURNS bigint[]
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $append$
#variable_conflict use_column
DECLARE
  lock_partition int;
  locked_partition int := -1;
  is_locked boolean;
  has_found boolean;
  has_archived boolean;
  is_expected boolean;
  base_versions bigint[];
  base_positions bigint[];
  count_of_events int := cardinality(event_ids);
  data_texts text[] := string_to_array(event_data, E'\\x1e');
  metadata_texts text[] := string_to_array(event_metadata, E'\\x1e');
  moment timestamptz;
  plan record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'event_store.append needs READ COMMITTED, not %', current_setting('transaction_isolation')
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  IF cardinality(data_texts) <> count_of_events OR cardinality(metadata_texts) <> count_of_events THEN
    RAISE EXCEPTION 'event data is empty or holds a control character' USING ERRCODE = 'invalid_text_representation';
  END IF;

  FOREACH lock_partition IN ARRAY partitions LOOP
    IF lock_partition <= locked_partition THEN
      RAISE EXCEPTION 'log partitions must be distinct and ascending' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    is_locked := pg_advisory_xact_lock(${LOG_LOCK_CLASS}, lock_partition) IS NOT NULL;
    locked_partition := lock_partition;
  END LOOP;

  SELECT
    EXISTS (SELECT FROM event_store.events e WHERE e.event_id = ANY (event_ids)),
    EXISTS (SELECT FROM event_store.archived_streams a WHERE a.stream_id = ANY (stream_ids)),
    coalesce(array_agg(s.version), '{}'),
    coalesce(bool_and(CASE s.base
      WHEN ${BASES.any} THEN true
      WHEN ${BASES.exists} THEN s.version > 0
      ELSE s.version = s.base
    END), true),
    ARRAY(
      SELECT coalesce((SELECT e.position FROM event_store.events e WHERE e.log_partition = p.id ORDER BY e.position DESC LIMIT 1), 0)
      FROM unnest(partitions) AS p(id)
    )
  INTO has_found, has_archived, base_versions, is_expected, base_positions
  FROM (
    SELECT
      stream_bases[i] AS base,
      coalesce((SELECT e.version FROM event_store.events e WHERE e.stream_id = stream_ids[i] ORDER BY e.version DESC LIMIT 1), 0) AS version
    FROM generate_series(1, cardinality(stream_ids)) AS i
    -- Keeps the planner from looking each version up twice.
    OFFSET 0
  ) s;
  moment := clock_timestamp();

  IF is_expected AND NOT has_found AND NOT has_archived AND cardinality(event_twins) = 0 THEN
    INSERT INTO event_store.events (${INSERT_COLUMNS})
    SELECT
      partitions[stream_partitions[event_streams[i]]], base_positions[stream_partitions[event_streams[i]]] + event_in_log[i],
      stream_ids[event_streams[i]], base_versions[event_streams[i]] + event_in_stream[i],
      event_ids[i], event_types[i], event_schema_versions[i], data_texts[i]::json, metadata_texts[i]::json, moment
    FROM generate_series(1, count_of_events) AS i;
    RETURN ARRAY[0, 0]::bigint[] || base_versions || base_positions;
  END IF;

  SELECT * INTO plan FROM event_store.plan_append(
    all_or_none, has_found, has_archived, base_versions, base_positions, stream_ids, stream_partitions, check_ends, event_ends,
    check_streams, check_expected, event_streams, event_ids, event_twins, event_types, event_schema_versions, data_texts);
  IF plan.failed_at = 0 THEN
    INSERT INTO event_store.events (${INSERT_COLUMNS})
    SELECT
      partitions[stream_partitions[n.stream]], n.position, stream_ids[n.stream], n.version,
      n.id, n.type, n.schema_version, n.data::json, n.metadata::json, moment
    FROM unnest(event_streams, plan.versions, plan.positions, plan.is_new, event_ids, event_types, event_schema_versions, data_texts, metadata_texts)
      AS n(stream, version, position, is_new, id, type, schema_version, data, metadata)
    WHERE n.is_new;
  END IF;
  RETURN ARRAY[1, plan.failed_at]::bigint[] || plan.outcomes || plan.subjects || plan.actuals || plan.versions || plan.positions;
END
$append$`;

/**
 * Gives each request its own verdict, in order, on top of what the accepted ones before it will write. Called under the
 * locks, and only when some request is not plainly accepted. Ids come before versions: a repeated request is no conflict.
 */
export const PLAN_FUNCTION = `
CREATE FUNCTION event_store.plan_append(
  all_or_none boolean, has_found boolean, has_archived boolean, stream_versions bigint[], log_positions bigint[],
  stream_ids text[], stream_partitions int[], check_ends int[], event_ends int[], check_streams int[], check_expected bigint[],
  event_streams int[], event_ids uuid[], event_twins int[], event_types text[], event_schema_versions int[], data_texts text[],
  OUT failed_at int, OUT outcomes bigint[], OUT subjects bigint[], OUT actuals bigint[], OUT versions bigint[], OUT positions bigint[],
  OUT is_new boolean[]
)
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $plan$
#variable_conflict use_column
DECLARE
  has_twins boolean := cardinality(event_twins) > 0;
  count_of_events int := cardinality(event_ids);
  count_of_requests int := cardinality(event_ends);
  found_versions bigint[];
  found_positions bigint[];
  found_equal boolean[];
  archived boolean[];
  first_event int := 1;
  last_event int;
  first_check int := 1;
  outcome int;
  subject int;
  actual bigint;
  twin int;
  stored int;
  first_stored int;
  first_other int;
  stream int;
  log int;
BEGIN
  failed_at := 0;
  versions := array_fill(0::bigint, ARRAY[count_of_events]);
  positions := array_fill(0::bigint, ARRAY[count_of_events]);
  is_new := array_fill(false, ARRAY[count_of_events]);
  outcomes := array_fill(0::bigint, ARRAY[count_of_requests]);
  subjects := array_fill(0::bigint, ARRAY[count_of_requests]);
  actuals := array_fill(0::bigint, ARRAY[count_of_requests]);

  IF has_found THEN
    SELECT
      array_agg(e.version ORDER BY w.n), array_agg(e.position ORDER BY w.n),
      array_agg(e.stream_id = stream_ids[w.stream] AND e.type = w.type AND e.schema_version = w.schema_version
        AND e.data::text COLLATE "C" = w.data ORDER BY w.n)
    INTO found_versions, found_positions, found_equal
    FROM unnest(event_ids, event_streams, event_types, event_schema_versions, data_texts)
      WITH ORDINALITY AS w(id, stream, type, schema_version, data, n)
    LEFT JOIN event_store.events e ON e.event_id = w.id;
  END IF;
  IF has_archived THEN
    archived := ARRAY(
      SELECT EXISTS (SELECT FROM event_store.archived_streams a WHERE a.stream_id = s.id) FROM unnest(stream_ids) AS s(id)
    );
  END IF;

  FOR request IN 1..count_of_requests LOOP
    last_event := event_ends[request];
    outcome := 0;
    subject := 0;
    actual := 0;

    IF has_found OR has_twins THEN
      stored := 0;
      first_stored := 0;
      first_other := 0;
      FOR i IN first_event..last_event LOOP
        twin := CASE WHEN has_twins THEN event_twins[i] ELSE 0 END;
        IF twin >= first_event THEN
          outcome := 3;
          subject := i;
          EXIT;
        END IF;
        -- Refused requests leave 0 behind, so the id may still be free.
        WHILE twin > 0 AND versions[twin] = 0 LOOP
          twin := event_twins[twin];
        END LOOP;
        IF has_found AND found_versions[i] IS NOT NULL THEN
          stored := stored + 1;
          versions[i] := found_versions[i];
          positions[i] := found_positions[i];
          IF first_other = 0 AND NOT found_equal[i] THEN
            first_other := i;
          END IF;
        ELSIF twin > 0 THEN
          stored := stored + 1;
          versions[i] := versions[twin];
          positions[i] := positions[twin];
          IF first_other = 0 AND (event_streams[i] <> event_streams[twin] OR event_types[i] <> event_types[twin]
            OR event_schema_versions[i] <> event_schema_versions[twin] OR data_texts[i] COLLATE "C" <> data_texts[twin]) THEN
            first_other := i;
          END IF;
        END IF;
        IF stored = 1 AND first_stored = 0 THEN
          first_stored := i;
        END IF;
      END LOOP;
      IF outcome = 0 AND stored > 0 THEN
        IF stored < last_event - first_event + 1 THEN
          outcome := 3;
          subject := first_stored;
        ELSIF first_other > 0 THEN
          outcome := 3;
          subject := first_other;
        ELSE
          outcome := 1;
        END IF;
      END IF;
      IF outcome = 3 THEN
        FOR i IN first_event..last_event LOOP
          versions[i] := 0;
          positions[i] := 0;
        END LOOP;
      END IF;
    END IF;

    IF outcome = 0 AND has_archived THEN
      FOR i IN first_event..last_event LOOP
        IF archived[event_streams[i]] THEN
          outcome := 4;
          subject := event_streams[i];
          EXIT;
        END IF;
      END LOOP;
    END IF;

    IF outcome = 0 THEN
      FOR c IN first_check..check_ends[request] LOOP
        actual := stream_versions[check_streams[c]];
        IF actual <> check_expected[c] AND (check_expected[c] >= 0 OR actual = 0) THEN
          outcome := 2;
          subject := c;
          EXIT;
        END IF;
      END LOOP;
    END IF;

    IF outcome = 0 THEN
      FOR i IN first_event..last_event LOOP
        stream := event_streams[i];
        log := stream_partitions[stream];
        stream_versions[stream] := stream_versions[stream] + 1;
        log_positions[log] := log_positions[log] + 1;
        versions[i] := stream_versions[stream];
        positions[i] := log_positions[log];
        is_new[i] := true;
      END LOOP;
    ELSE
      outcomes[request] := outcome;
      subjects[request] := subject;
      actuals[request] := actual;
      IF all_or_none AND outcome > 1 THEN
        failed_at := request;
        RETURN;
      END IF;
    END IF;
    first_event := last_event + 1;
    first_check := check_ends[request] + 1;
  END LOOP;
END
$plan$`;
