import { noRows } from '@murmuration/domain-projections';
import { postgresForTests, type TestPostgres } from '@murmuration/embedded-postgres';
import { migrate, poolOf, postgresDataSource } from '@murmuration/event-store';
import type { DataSource } from 'typeorm';
import { postgresViewStore } from './postgres-view-store';
import { viewStoreContract } from './view-store.contract';
import { CreateViews1790000030000, viewsMigrations } from './views.migrations';

let server: TestPostgres;
let dataSource: DataSource;

beforeAll(async () => {
  server = await postgresForTests();
  const { url } = await server.newDatabase();
  dataSource = await postgresDataSource({ url, migrations: viewsMigrations }).initialize();
  await migrate(dataSource);
}, 60_000);
afterAll(async () => {
  await dataSource.destroy();
  await server.stop();
});

describe('the views in PostgreSQL', () => {
  viewStoreContract(async () => {
    await dataSource.query('TRUNCATE views.orders, views.stock, views.customers, views.checkpoints');
    return postgresViewStore(poolOf(dataSource));
  });

  it('begin anew where they were kept before there was one of customers', async () => {
    const { url } = await server.newDatabase();
    const before = await postgresDataSource({ url, migrations: [CreateViews1790000030000] }).initialize();
    await migrate(before);
    await before.query(`INSERT INTO views.stock VALUES ('TEA', '{}')`);
    await before.query('INSERT INTO views.checkpoints VALUES (0, 3, 7)');
    await before.destroy();
    const after = await postgresDataSource({ url, migrations: viewsMigrations }).initialize();
    await migrate(after);
    const views = postgresViewStore(poolOf(after));
    expect([await views.position(0), await views.findStock('TEA')]).toEqual([0, undefined]);
    const held = { logPartition: 0, epoch: 3, from: 7, position: 8 };
    expect(await views.save(noRows(), held)).toBe('fenced');
    await after.destroy();
  });

  it('say that the database is away in a way that lets one ask again', async () => {
    const away = postgresViewStore({ query: () => Promise.reject(new Error('connect ECONNREFUSED')) } as never); // because only this call is made
    await expect(away.findOrder('o-1')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it.each([
    ['waits', 'orders_by_wait', `waiting_since < '2027' ORDER BY waiting_since, order_id`],
    [
      'needs a person',
      'orders_by_attention',
      `needs_attention ORDER BY coalesce(submitted_at, '') DESC, order_id DESC`,
    ],
  ])('find who %s without reading those that do not', async (_, index, question) => {
    await dataSource.query('TRUNCATE views.orders');
    await dataSource.query(`INSERT INTO views.orders (order_id, customer_id, status, submitted_at, needs_attention, view)
      SELECT 'o-' || n, 'c', 'delivered', '2026', n % 1000 = 0, '{}' FROM generate_series(1, 20000) n`);
    await dataSource.query('ANALYZE views.orders');
    const plan = JSON.stringify(
      await dataSource.query(`EXPLAIN SELECT view FROM views.orders WHERE ${question} LIMIT 50`),
    );
    expect(plan).toContain(`Index Scan using ${index}`);
    expect(plan).not.toMatch(/Sort/);
  });
});
