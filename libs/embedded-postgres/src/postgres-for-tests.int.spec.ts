import { query } from './postgres.fixture';
import { postgresForTests } from './postgres-for-tests';

describe('PostgreSQL for tests', () => {
  it('gives databases of their own and drops them', async () => {
    const server = await postgresForTests();
    const [first, second] = [await server.newDatabase(), await server.newDatabase()];
    await query(first.url, 'CREATE TABLE mine (n int)');
    await expect(query(second.url, 'SELECT * FROM mine')).rejects.toThrow('does not exist');
    await first.drop();
    await second.drop();
    expect(
      await query(
        server.adminUrl,
        "SELECT FROM pg_database WHERE datname LIKE 'test_%' AND datname IN (current_database())",
      ),
    ).toEqual([]);
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow();
    await server.stop();
  });
});
