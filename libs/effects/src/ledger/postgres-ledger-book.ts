import { type Instant, assert } from '@murmuration/kernel';
import type { Pool } from 'pg';
import { EffectsError } from '../effects-error';
import { systemNow } from '../system-timing';
import { ask } from '../postgres/ask';
import { sqlStateOf } from '../postgres/postgres-error';
import type { LedgerBook, LedgerChange } from './ledger-book';

export type PostgresLedgerBookOptions<Ledger> = {
  readonly pool: Pick<Pool, 'query'>;
  /** The schema that `ledgerBookSql` made: lower-case letters and underscores. */
  readonly schema: string;
  readonly empty: Ledger;
  /** When something is due in a ledger; never, by default. */
  readonly dueAt?: (ledger: Ledger) => Instant | undefined;
  readonly now?: () => Instant;
};

const QUEUE_MAX = 10_000;
const BATCH_MAX = 500;
const ATTEMPTS_MAX = 10;
const DEADLOCK = '40P01';
const SCHEMA = /^[a-z_]{1,40}$/;

/** The statements that make an empty book; the first of them makes its schema. */
export const ledgerBookSql = (schema: string): readonly string[] => {
  assert(SCHEMA.test(schema), `a schema of lower-case letters and underscores, got ${schema}`);
  return [
    `CREATE SCHEMA ${schema}`,
    `CREATE TABLE ${schema}.ledgers (
      id text COLLATE "C" PRIMARY KEY,
      revision bigint NOT NULL,
      ledger json NOT NULL,
      due_at timestamptz(3)
    ) WITH (fillfactor = 70)`,
    `CREATE INDEX ledgers_by_due_at ON ${schema}.ledgers (due_at) WHERE due_at IS NOT NULL`,
  ];
};

type Kept<Ledger> = { readonly ledger: Ledger; readonly revision: number };
type Row = { readonly id: string; readonly ledger: string; readonly revision: number };
type Pending<Ledger> = {
  readonly id: string;
  /** Changes the ledger and keeps the result for `resolve`. */
  readonly apply: (ledger: Ledger, now: Instant) => Ledger;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
};

const statementsOf = (schema: string) => {
  const named = (name: string, text: string) => ({ name: `${schema}-${name}`, text });
  return {
    read: named(
      'read',
      `SELECT id, ledger::text AS ledger, revision::float8 FROM ${schema}.ledgers WHERE id = ANY($1::text[])`,
    ),
    /** Answers the ids that were at the expected revision, which is 0 for a ledger never written. */
    write: named(
      'write',
      `WITH new AS (
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[]) AS new (id, expected, ledger, due_at)
      ), inserted AS (
        INSERT INTO ${schema}.ledgers (id, revision, ledger, due_at)
        SELECT id, 1, ledger::json, due_at FROM new WHERE expected = 0
        ON CONFLICT DO NOTHING RETURNING id
      ), updated AS (
        UPDATE ${schema}.ledgers AS kept SET revision = new.expected + 1, ledger = new.ledger::json, due_at = new.due_at
        FROM new WHERE kept.id = new.id AND kept.revision = new.expected AND new.expected > 0
        RETURNING kept.id
      )
      SELECT id FROM inserted UNION ALL SELECT id FROM updated`,
    ),
    due: named(
      'due',
      `SELECT id, ledger::text AS ledger, revision::float8 FROM ${schema}.ledgers
       WHERE due_at <= $1::timestamptz ORDER BY due_at LIMIT $2`,
    ),
    defer: named(
      'defer',
      `UPDATE ${schema}.ledgers AS kept SET due_at = new.due_at
       FROM unnest($1::text[], $2::timestamptz[]) AS new (id, due_at)
       WHERE kept.id = new.id AND kept.due_at IS NOT NULL`,
    ),
  };
};

/**
 * Keeps ledgers in the service's database. Changes asked for while others are being written travel together in the next
 * write: one read and one write for up to hundreds of them. Writers in other processes are met by the revision of each row.
 */
export const postgresLedgerBook = <Ledger>({
  pool,
  schema,
  empty,
  dueAt = () => undefined,
  now = systemNow,
}: PostgresLedgerBookOptions<Ledger>): LedgerBook<Ledger> => {
  const statements = statementsOf(schema);
  let queue: Pending<Ledger>[] = [];
  let pumping = false;

  const keptOf = ({ ledger, revision }: Row): Kept<Ledger> => ({ ledger: JSON.parse(ledger) as Ledger, revision });
  const readAll = async (ids: readonly string[]): Promise<Map<string, Kept<Ledger>>> => {
    const rows = await ask<Row>(pool, statements.read, [ids]);
    return new Map(rows.map((row) => [row.id, keptOf(row)]));
  };

  const write = async (changed: ReadonlyMap<string, Kept<Ledger>>): Promise<ReadonlySet<string>> => {
    // In one order everywhere, so that two writers seldom wait for each other crosswise.
    const entries = [...changed].sort(([left], [right]) => (left < right ? -1 : 1));
    const ledgers = entries.map(([, { ledger }]) => ledger);
    try {
      const rows = await ask<Row>(pool, statements.write, [
        entries.map(([id]) => id),
        entries.map(([, { revision }]) => revision),
        ledgers.map((ledger) => JSON.stringify(ledger)),
        ledgers.map((ledger) => dueAt(ledger) ?? null),
      ]);
      return new Set(rows.map(({ id }) => id));
    } catch (error) {
      if (sqlStateOf(error) === DEADLOCK) return new Set();
      throw error;
    }
  };

  const run = async (batch: readonly Pending<Ledger>[]): Promise<void> => {
    const kept = await readAll([...new Set(batch.map(({ id }) => id))]);
    const changed = new Map<string, Kept<Ledger>>();
    const moment = now();
    const applied = batch.filter((pending) => {
      const { ledger, revision } = changed.get(pending.id) ?? kept.get(pending.id) ?? { ledger: empty, revision: 0 };
      // A bug in one change ends that change alone; whoever waits for it is told.
      try {
        const after = pending.apply(ledger, moment);
        if (after !== ledger) changed.set(pending.id, { ledger: after, revision });
        return true;
      } catch (error) {
        pending.reject(error);
        return false;
      }
    });
    const written = changed.size === 0 ? new Set<string>() : await write(changed);
    for (const pending of applied) {
      if (!changed.has(pending.id) || written.has(pending.id)) pending.resolve();
      else if (++pending.attempts < ATTEMPTS_MAX) queue.push(pending);
      else pending.reject(new EffectsError('contended', `ledger ${pending.id} of ${schema}`));
    }
  };

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_MAX);
      queue = queue.slice(BATCH_MAX);
      try {
        await run(batch);
      } catch (error) {
        for (const pending of batch) pending.reject(error);
      }
    }
    pumping = false;
  };

  return {
    change: <Result>(id: string, change: LedgerChange<Ledger, Result>) =>
      new Promise<Result>((resolve, reject) => {
        if (queue.length >= QUEUE_MAX)
          return reject(new EffectsError('overloaded', `${QUEUE_MAX} changes wait in ${schema}`));
        let result: Result | undefined;
        const apply = (ledger: Ledger, moment: Instant): Ledger => {
          const changed = change(ledger, moment);
          result = changed.result;
          return changed.ledger;
        };
        queue.push({ id, apply, resolve: () => resolve(result as Result), reject, attempts: 0 });
        if (pumping) return;
        pumping = true;
        // In a microtask, so that changes of one turn of the event loop travel together.
        void Promise.resolve().then(pump);
      }),
    read: async (id) => (await readAll([id])).get(id)?.ledger ?? empty,
    due: async (limit) =>
      (await ask<Row>(pool, statements.due, [now(), limit])).map((row) => ({ id: row.id, ledger: keptOf(row).ledger })),
    defer: async (until) => {
      if (until.size > 0) await ask<Row>(pool, statements.defer, [[...until.keys()], [...until.values()]]);
    },
  };
};
