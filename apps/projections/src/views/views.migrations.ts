import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Read models, rebuildable from the archive. Instants are ISO 8601 text, which sorts as time does. */
export class CreateViews1772000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA views');
    await runner.query(`CREATE TABLE views.checkpoints (
      log_partition int PRIMARY KEY,
      epoch bigint NOT NULL,
      position bigint NOT NULL
    )`);
    await runner.query(`CREATE TABLE views.orders (
      order_id text COLLATE "C" PRIMARY KEY,
      customer_id text COLLATE "C",
      status text COLLATE "C" NOT NULL,
      submitted_at text COLLATE "C",
      view json NOT NULL
    )`);
    await runner.query('CREATE INDEX orders_by_time ON views.orders (submitted_at DESC, order_id DESC)');
    await runner.query(
      'CREATE INDEX orders_by_customer ON views.orders (customer_id, submitted_at DESC, order_id DESC)',
    );
    await runner.query('CREATE INDEX orders_by_status ON views.orders (status, submitted_at DESC, order_id DESC)');
    await runner.query(`CREATE TABLE views.stock (
      sku text COLLATE "C" PRIMARY KEY,
      view json NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA views CASCADE');
  }
}

export const viewsMigrations = [CreateViews1772000000000];
