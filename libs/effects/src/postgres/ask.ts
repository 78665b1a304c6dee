import type { Pool } from 'pg';
import { effectsErrorOf } from './postgres-error';
import type { Statement } from './statements';

/** A server that is cut off without a word answers never: whoever asks must hear of it, so as to ask another time. */
export const STATEMENT_TIMEOUT_MS = 30_000;

/** Runs one statement on any connection, once. Rejects with `EffectsError`; of `unavailable` the outcome is unknown. */
export const ask = async <Row>(
  pool: Pick<Pool, 'query'>,
  statement: Statement,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  try {
    const query = { ...statement, values: [...values], query_timeout: STATEMENT_TIMEOUT_MS };
    const { rows } = await pool.query(query);
    return rows as readonly Row[]; // because the statement names its columns
  } catch (error) {
    throw effectsErrorOf(error, statement.name);
  }
};
