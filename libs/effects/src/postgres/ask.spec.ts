import type { Pool, QueryConfig } from 'pg';
import { postgresLedgerBook } from '../ledger/postgres-ledger-book';
import { STATEMENT_TIMEOUT_MS } from './ask';
import { postgresAgendaStore } from './postgres-agenda-store';

type Asked = QueryConfig & { readonly query_timeout?: number };

describe('what the agenda asks of PostgreSQL', () => {
  it('is given up after a bounded time, when a server that was cut off without a word answers never', async () => {
    const asked: Asked[] = [];
    const query = (statement: Asked) => {
      asked.push(statement);
      return Promise.resolve({ rows: [] });
    };
    const pool = { query } as unknown as Pick<Pool, 'query'>; // because no more of it is looked at
    const store = postgresAgendaStore(pool);
    const changes = { effects: [], closedEffects: [], deadlines: [], clearedDeadlines: [] };
    await store.claim(0, 1);
    await store.apply({ logPartition: 0, epoch: 1, position: 0, pausedMs: 0, ...changes });
    await store.openEffects(0, 1);
    await store.counts();
    await store.reset(0, 1);
    await postgresLedgerBook({ pool, schema: 'book', empty: {} }).read('one');
    expect(asked.map(({ query_timeout }) => query_timeout)).toEqual(Array(6).fill(STATEMENT_TIMEOUT_MS));
  });
});
