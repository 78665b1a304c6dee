import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_FUNCTION, LOG_LOCK_CLASS, PLAN_FUNCTION } from './append-function.sql';

const TABLES = [
  'CREATE SCHEMA event_store',
  `CREATE TABLE event_store.settings (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    log_partitions int NOT NULL CHECK (log_partitions > 0)
  )`,
  `CREATE TABLE event_store.events (
    position bigint NOT NULL,
    version bigint NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    log_partition int NOT NULL,
    schema_version int NOT NULL,
    event_id uuid NOT NULL,
    stream_id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    data json NOT NULL,
    metadata json NOT NULL,
    CONSTRAINT events_log PRIMARY KEY (log_partition, position),
    CONSTRAINT events_stream UNIQUE (stream_id, version),
    CONSTRAINT events_id UNIQUE (event_id)
  )`,
  `CREATE TABLE event_store.archived_streams (
    stream_id text COLLATE "C" PRIMARY KEY,
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `CREATE TABLE event_store.leases (
    name text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    epoch bigint NOT NULL,
    lapses_at timestamptz NOT NULL
  )`,
  `CREATE TABLE event_store.checkpoints (
    reader text COLLATE "C" NOT NULL,
    log_partition int NOT NULL,
    position bigint NOT NULL,
    epoch bigint NOT NULL,
    PRIMARY KEY (reader, log_partition)
  )`,
];

const ARCHIVE_FUNCTION = `
CREATE FUNCTION event_store.archive_stream(wanted_stream text, wanted_partition int) RETURNS void
LANGUAGE plpgsql VOLATILE AS $archive$
BEGIN
  PERFORM pg_advisory_xact_lock(${LOG_LOCK_CLASS}, wanted_partition);
  INSERT INTO event_store.archived_streams (stream_id) VALUES (wanted_stream) ON CONFLICT DO NOTHING;
END
$archive$`;

/** An epoch is never given twice: a released lease keeps its row. NULL in held_epoch means that another holds it. */
const LEASE_FUNCTION = `
CREATE FUNCTION event_store.acquire_lease(wanted text, wanting text, duration_ms bigint, OUT held_epoch bigint, OUT retry_in_ms bigint)
LANGUAGE plpgsql VOLATILE AS $lease$
DECLARE
  found event_store.leases;
  moment timestamptz;
BEGIN
  INSERT INTO event_store.leases (name, holder, epoch, lapses_at) VALUES (wanted, wanting, 0, '-infinity') ON CONFLICT DO NOTHING;
  SELECT * INTO found FROM event_store.leases WHERE name = wanted FOR UPDATE;
  moment := clock_timestamp();
  IF found.lapses_at > moment AND found.holder <> wanting THEN
    retry_in_ms := greatest(1, ceil(extract(epoch FROM found.lapses_at - moment) * 1000));
    RETURN;
  END IF;
  held_epoch := CASE WHEN found.lapses_at > moment THEN found.epoch ELSE found.epoch + 1 END;
  UPDATE event_store.leases SET holder = wanting, epoch = held_epoch, lapses_at = moment + duration_ms * interval '1 millisecond' WHERE name = wanted;
END
$lease$`;

const CHECKPOINT_FUNCTION = `
CREATE FUNCTION event_store.move_checkpoint(moving_reader text, moving_partition int, new_position bigint, new_epoch bigint) RETURNS text
LANGUAGE plpgsql VOLATILE AS $checkpoint$
DECLARE
  found event_store.checkpoints;
BEGIN
  INSERT INTO event_store.checkpoints (reader, log_partition, position, epoch)
  VALUES (moving_reader, moving_partition, 0, 0) ON CONFLICT DO NOTHING;
  SELECT * INTO found FROM event_store.checkpoints WHERE reader = moving_reader AND log_partition = moving_partition FOR UPDATE;
  IF new_epoch < found.epoch OR new_position < found.position THEN
    RETURN 'fenced';
  END IF;
  IF new_epoch > found.epoch OR new_position > found.position THEN
    UPDATE event_store.checkpoints SET position = new_position, epoch = new_epoch
    WHERE reader = moving_reader AND log_partition = moving_partition;
  END IF;
  RETURN CASE WHEN new_position > found.position THEN 'moved' ELSE 'already-there' END;
END
$checkpoint$`;

export class CreateEventStore1790000000000 implements MigrationInterface {
  readonly name = 'CreateEventStore1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      ...TABLES,
      PLAN_FUNCTION,
      APPEND_FUNCTION,
      ARCHIVE_FUNCTION,
      LEASE_FUNCTION,
      CHECKPOINT_FUNCTION,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA event_store CASCADE');
  }
}

/** For the `migrations` of a service's DataSource, beside its own. */
export const eventStoreMigrations = [CreateEventStore1790000000000];
