import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  'CREATE SCHEMA agenda',
  `CREATE TABLE agenda.terms (
    log_partition int PRIMARY KEY,
    epoch bigint NOT NULL,
    position bigint NOT NULL,
    paused_ms bigint NOT NULL,
    alive_at timestamptz NOT NULL
  )`,
  `CREATE TABLE agenda.open_effects (
    key text COLLATE "C" PRIMARY KEY,
    log_partition int NOT NULL,
    effect json NOT NULL,
    cause json NOT NULL,
    opened_at timestamptz(3) NOT NULL,
    attempts int NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    last_reason text,
    untouched_in_epoch bigint
  )`,
  'CREATE INDEX open_effects_by_next_attempt ON agenda.open_effects (log_partition, next_attempt_at)',
  `CREATE TABLE agenda.open_deadlines (
    key text COLLATE "C" PRIMARY KEY,
    log_partition int NOT NULL,
    due_at timestamptz(3) NOT NULL,
    ripe_at timestamptz(3) NOT NULL,
    cause json NOT NULL
  )`,
  'CREATE INDEX open_deadlines_by_ripeness ON agenda.open_deadlines (log_partition, ripe_at)',
];

export class CreateAgenda1790000010000 implements MigrationInterface {
  readonly name = 'CreateAgenda1790000010000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA agenda CASCADE');
  }
}

/** For the `migrations` of a service's DataSource, beside its own. */
export const effectsMigrations = [CreateAgenda1790000010000];
