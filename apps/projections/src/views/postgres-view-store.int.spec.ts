import { postgresForTests, type TestPostgres } from '@murmuration/embedded-postgres';
import { migrate, poolOf, postgresDataSource } from '@murmuration/event-store';
import type { DataSource } from 'typeorm';
import { postgresViewStore } from './postgres-view-store';
import { viewStoreContract } from './view-store.contract';
import { viewsMigrations } from './views.migrations';

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

  it('say that the database is away in a way that lets one ask again', async () => {
    const away = postgresViewStore({ query: () => Promise.reject(new Error('connect ECONNREFUSED')) } as never); // because only this call is made
    await expect(away.findOrder('o-1')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('find who waits without reading those that do not', async () => {
    await dataSource.query(
      `INSERT INTO views.orders SELECT 'o-' || n, 'c', 'delivered', '2026', NULL, NULL, '{}' FROM generate_series(1, 20000) n`,
    );
    await dataSource.query('ANALYZE views.orders');
    const plan = await dataSource.query<readonly Record<string, string>[]>(
      `EXPLAIN SELECT view FROM views.orders WHERE waiting_since < '2027' ORDER BY waiting_since, order_id LIMIT 50`,
    );
    expect(JSON.stringify(plan)).toMatch(/Index Scan using orders_by_wait/);
    expect(JSON.stringify(plan)).not.toMatch(/Sort/);
  });
});
