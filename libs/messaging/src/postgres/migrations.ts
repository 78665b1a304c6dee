import type { MigrationInterface, QueryRunner } from 'typeorm';
import { INBOX_COMMIT_FORGETTING, INBOX_COMMIT_FUNCTION, INBOX_COMMIT_WITHOUT_TRAIL } from './inbox-commit.sql';

/** Room on each page for the rows that every batch updates, so that no index is touched. */
const UPDATED_OFTEN = 'WITH (fillfactor = 40)';

const TABLES = [
  'CREATE SCHEMA messaging',
  `CREATE TABLE messaging.consumer_claims (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    next_offset bigint NOT NULL DEFAULT 0,
    starts int NOT NULL DEFAULT 1,
    suspect_offset bigint,
    suspect_attempts int NOT NULL DEFAULT 0,
    holder text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, topic, partition)
  ) ${UPDATED_OFTEN}`,
  `CREATE TABLE messaging.watermarks (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    source text NOT NULL,
    position bigint NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition, source)
  ) ${UPDATED_OFTEN}`,
  `CREATE TABLE messaging.parked_records (
    place_in_queue bigint GENERATED ALWAYS AS IDENTITY,
    id text PRIMARY KEY,
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    key text,
    holds_key boolean NOT NULL,
    value bytea,
    headers json NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    step text,
    parked_at timestamptz(3) NOT NULL,
    wish text,
    wished_by text,
    outcome text,
    settled_at timestamptz
  )`,
  'CREATE INDEX parked_records_waiting ON messaging.parked_records (place_in_queue) WHERE outcome IS NULL',
  // Without the key: it may be longer than an index takes.
  'CREATE INDEX parked_records_places ON messaging.parked_records (consumer_group, topic, partition) WHERE outcome IS NULL',
  `CREATE TABLE messaging.parked_edits (
    parked_id text NOT NULL,
    edited_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    former_value bytea,
    former_headers json NOT NULL
  )`,
  `CREATE TABLE messaging.relay_checkpoints (
    log_partition int PRIMARY KEY,
    epoch bigint NOT NULL,
    position bigint NOT NULL,
    last_sent json NOT NULL
  ) ${UPDATED_OFTEN}`,
];

/** Runs after the event store's migrations, whose append it calls. */
class CreateMessaging1790000001000 implements MigrationInterface {
  readonly name = 'CreateMessaging1790000001000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, INBOX_COMMIT_WITHOUT_TRAIL]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA messaging CASCADE');
  }
}

const TRAIL = [
  `CREATE TABLE messaging.parked_trail (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parked_id text NOT NULL,
    noted_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    reason text
  )`,
  'CREATE INDEX parked_trail_of_record ON messaging.parked_trail (parked_id, entry)',
];

/** Who did what about parked records; the commit, which notes what became of them, is made anew for it. */
class AuditParked1790000002000 implements MigrationInterface {
  readonly name = 'AuditParked1790000002000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TRAIL, INBOX_COMMIT_FORGETTING]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [INBOX_COMMIT_WITHOUT_TRAIL, 'DROP TABLE messaging.parked_trail'])
      await runner.query(statement);
  }
}

/** Under which claim the suspect was noted, so that to note it again is to note it once. */
class NoteSuspectsOnce1790000003000 implements MigrationInterface {
  readonly name = 'NoteSuspectsOnce1790000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.consumer_claims ADD COLUMN suspect_epoch bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.consumer_claims DROP COLUMN suspect_epoch');
  }
}

const SETTLED_INDEX =
  'CREATE INDEX parked_records_settled ON messaging.parked_records (settled_at) WHERE outcome IS NOT NULL';
const EDITS_INDEX = 'CREATE INDEX parked_edits_of_record ON messaging.parked_edits (parked_id)';

/** What was settled longest ago, and what belongs to it, is found without reading all that ever was parked. */
class FindSettled1790000004000 implements MigrationInterface {
  readonly name = 'FindSettled1790000004000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [SETTLED_INDEX, EDITS_INDEX]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['parked_records_settled', 'parked_edits_of_record'])
      await runner.query(`DROP INDEX messaging.${index}`);
  }
}

/** What was to be discarded is, also when a redrive before that came to nothing. */
class KeepDiscards1790000005000 implements MigrationInterface {
  readonly name = 'KeepDiscards1790000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INBOX_COMMIT_FUNCTION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(INBOX_COMMIT_FORGETTING);
  }
}

export const messagingMigrations: readonly (new () => MigrationInterface)[] = [
  CreateMessaging1790000001000,
  AuditParked1790000002000,
  NoteSuspectsOnce1790000003000,
  FindSettled1790000004000,
  KeepDiscards1790000005000,
];
