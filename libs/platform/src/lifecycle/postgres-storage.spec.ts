import type { Pool, QueryConfig } from 'pg';
import { CHECK_MAX_MS } from '../health/health';
import { databaseCheck } from './postgres-storage';

describe('the health of the database', () => {
  it('is asked for no longer than anybody waits for the answer, so that a hanging one keeps no connection', async () => {
    const asked: QueryConfig[] = [];
    const query = (question: QueryConfig) => {
      asked.push(question);
      return Promise.resolve({ rows: [] });
    };
    const check = databaseCheck({ query } as unknown as Pick<Pool, 'query'>); // because no more of it is looked at
    expect(await check()).toEqual({ status: 'up' });
    expect(asked).toMatchObject([{ query_timeout: CHECK_MAX_MS }]);
  });
});
