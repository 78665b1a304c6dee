import { type TestDatabase, type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import { type Instant, instant, plusMs } from '@murmuration/kernel';
import { manualClock } from '@murmuration/testing';
import { Pool } from 'pg';
import type { LedgerBook, LedgerChange } from './ledger-book';
import { ledgerBookSql, postgresLedgerBook } from './postgres-ledger-book';

type Tally = { readonly total: number; readonly dueAt?: Instant };

const START = instant('2026-03-01T09:30:00.000Z');
const add =
  (amount: number): LedgerChange<Tally, number> =>
  (tally) => ({ ledger: { ...tally, total: tally.total + amount }, result: tally.total + amount });
const look: LedgerChange<Tally, number> = (tally) => ({ ledger: tally, result: tally.total });

describe('a book of ledgers in PostgreSQL', () => {
  let server: TestPostgres;
  let database: TestDatabase;
  let pool: Pool;
  let statements: string[];
  const clock = manualClock(START);
  const newBook = (): LedgerBook<Tally> =>
    postgresLedgerBook<Tally>({
      pool: {
        query: ((statement: { readonly name: string }) => {
          statements.push(statement.name);
          return pool.query(statement as never);
        }) as unknown as Pool['query'],
      },
      ...{ schema: 'tallies', empty: { total: 0 }, dueAt: ({ dueAt }) => dueAt, now: clock.now },
    });

  beforeAll(async () => {
    server = await postgresForTests();
    database = await server.newDatabase();
    pool = new Pool({ connectionString: database.url });
    for (const sql of ledgerBookSql('tallies')) await pool.query(sql);
  }, 60_000);
  beforeEach(async () => {
    statements = [];
    await pool.query('TRUNCATE tallies.ledgers');
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    await server.stop();
  });

  it('starts each ledger empty and keeps what was changed', async () => {
    const book = newBook();
    expect(await book.read('a')).toEqual({ total: 0 });
    expect(await book.change('a', add(2))).toBe(2);
    expect(await newBook().change('a', add(3))).toBe(5);
    expect(await newBook().read('a')).toEqual({ total: 5 });
  });

  it('writes changes of one moment together, each on what the former left', async () => {
    const book = newBook();
    const results = await Promise.all(Array.from({ length: 300 }, (_, index) => book.change(`l-${index % 3}`, add(1))));
    expect(results.slice(-3)).toEqual([100, 100, 100]);
    expect(statements).toEqual(['tallies-read', 'tallies-write']);
  });

  it('writes nothing when nothing changes', async () => {
    const book = newBook();
    expect(await book.change('a', look)).toBe(0);
    expect(statements).toEqual(['tallies-read']);
  });

  it('loses no change between two processes that race', async () => {
    const books = [newBook(), newBook(), newBook()];
    const changes = Array.from({ length: 90 }, async (_, index) => {
      await new Promise(setImmediate);
      return books[index % 3]!.change(`l-${index % 2}`, add(1));
    });
    await Promise.all(changes);
    expect([await newBook().read('l-0'), await newBook().read('l-1')]).toEqual([{ total: 45 }, { total: 45 }]);
  });

  it('tells one change of a batch about its bug, and makes the others', async () => {
    const book = newBook();
    const outcomes = await Promise.allSettled([
      book.change('a', add(1)),
      book.change('a', () => {
        throw new Error('a bug');
      }),
      book.change('a', add(1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await book.read('a')).toEqual({ total: 2 });
  });

  it('gives the ledgers that are due, the longest due first, and lets them be deferred', async () => {
    const book = newBook();
    const due =
      (inMs: number): LedgerChange<Tally, void> =>
      () => ({
        ...{ ledger: { total: 1, dueAt: plusMs(START, inMs) }, result: undefined },
      });
    await Promise.all([book.change('late', due(5)), book.change('soon', due(1)), book.change('far', due(60_000))]);
    await book.change('never', add(1));
    expect(await book.due(10)).toEqual([]);
    clock.advance(10);
    expect((await book.due(10)).map(({ id }) => id)).toEqual(['soon', 'late']);
    expect((await book.due(1)).map(({ id }) => id)).toEqual(['soon']);
    await book.defer(new Map([['soon', plusMs(START, 1_000)]]));
    expect((await book.due(10)).map(({ id }) => id)).toEqual(['late']);
    clock.advance(1_000);
    expect((await book.due(10)).map(({ id }) => id)).toEqual(['late', 'soon']);
  });

  it('says that its tables are missing', async () => {
    const book = postgresLedgerBook<Tally>({ pool, schema: 'nowhere', empty: { total: 0 } });
    await expect(book.change('a', add(1))).rejects.toMatchObject({ code: 'not-migrated' });
  });
});
