import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of the views. They are filled from the archive, so a change of theirs makes them anew under another name
 * instead of altering them. Instants are ISO 8601 text, which sorts as time does.
 */
export class CreateViews1790000030000 implements MigrationInterface {
  readonly name = 'CreateViews1790000030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA IF EXISTS views CASCADE');
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
      waiting_since text COLLATE "C",
      reason text,
      view json NOT NULL
    )`);
    await runner.query('CREATE INDEX orders_by_time ON views.orders (submitted_at DESC, order_id DESC)');
    await runner.query(
      'CREATE INDEX orders_by_customer ON views.orders (customer_id, submitted_at DESC, order_id DESC)',
    );
    await runner.query('CREATE INDEX orders_by_status ON views.orders (status, submitted_at DESC, order_id DESC)');
    await runner.query(
      'CREATE INDEX orders_by_wait ON views.orders (waiting_since, order_id) WHERE waiting_since IS NOT NULL',
    );
    await runner.query(`CREATE TABLE views.stock (
      sku text COLLATE "C" PRIMARY KEY,
      view json NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA views CASCADE');
  }
}

/** Adds the view of customers. All views begin anew, since what they have passed by may be about a customer. */
export class CreateCustomersView1790000031000 implements MigrationInterface {
  readonly name = 'CreateCustomersView1790000031000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE views.customers (
      customer_id text COLLATE "C" PRIMARY KEY,
      view json NOT NULL
    )`);
    await runner.query('TRUNCATE views.orders, views.stock, views.checkpoints');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE views.customers');
  }
}

/**
 * Tells orders that need a person. All views begin anew, since what they have passed by may do so; a process that does not know the
 * column cannot fill them, and waits for one that does.
 */
export class AddNeedsAttention1790000032000 implements MigrationInterface {
  readonly name = 'AddNeedsAttention1790000032000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('TRUNCATE views.orders, views.stock, views.customers, views.checkpoints');
    await runner.query('ALTER TABLE views.orders ADD COLUMN needs_attention boolean NOT NULL');
    await runner.query(`CREATE INDEX orders_by_attention ON views.orders (coalesce(submitted_at, '') DESC, order_id DESC)
      WHERE needs_attention`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE views.orders DROP COLUMN needs_attention');
  }
}

export const viewsMigrations = [
  CreateViews1790000030000,
  CreateCustomersView1790000031000,
  AddNeedsAttention1790000032000,
];
