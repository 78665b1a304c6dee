import { noRows } from '@murmuration/domain-projections';
import type { Pool, QueryConfig } from 'pg';
import { postgresViewStore, STATEMENT_TIMEOUT_MS } from './postgres-view-store';

type Asked = QueryConfig & { readonly query_timeout?: number };

describe('what the views ask of PostgreSQL', () => {
  it('is given up after a bounded time, when a server that was cut off without a word answers never', async () => {
    const asked: Asked[] = [];
    const query = (statement: Asked) => {
      asked.push(statement);
      return Promise.resolve({ rows: [] });
    };
    const views = postgresViewStore({ query } as unknown as Pick<Pool, 'query'>); // because no more of it is looked at
    const keys = new Set(['one']);
    await views.position(0);
    await views.load({ orders: keys, stock: keys, customers: keys });
    await views.save(noRows(), { logPartition: 0, epoch: 1, from: 0, position: 1 });
    await views.listOrders({ limit: 1 });
    await views.listWaiting({ since: '2026', limit: 1 });
    await views.countOrders();
    await views.listStock('', 1);
    await views.scan('orders', '', 1);
    expect(asked.map(({ query_timeout }) => query_timeout)).toEqual(Array(10).fill(STATEMENT_TIMEOUT_MS));
  });
});
