import type { Pool, QueryConfig } from 'pg';
import { Bell } from './bell';
import { STATEMENT_TIMEOUT_MS } from './lane';

describe('a bell between processes', () => {
  it('is given up after a bounded time, when a server that was cut off without a word answers never', () => {
    const asked: QueryConfig[] = [];
    const query = (statement: QueryConfig) => {
      asked.push(statement);
      return Promise.resolve({ rows: [] });
    };
    const bell = new Bell({ query } as unknown as Pool, 1, () => undefined); // because nobody listens
    bell.ring([0]);
    bell.close();
    expect(asked).toMatchObject([{ query_timeout: STATEMENT_TIMEOUT_MS }]);
  });
});
