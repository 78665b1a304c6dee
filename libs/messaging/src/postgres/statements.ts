import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { MessagingError } from '../messaging-error';

/** A named statement; its name stands for its text for ever on a connection. */
export type Statement = { readonly name: string; readonly text: string };

export type Row = Readonly<Record<string, unknown>>;

const STATEMENT_TIMEOUT_MS = 30_000;

/** Errors of the data that was sent: it would be refused again. */
const MALFORMED = /^(22|54000)/;
/** The connection itself is in doubt, so it must not be used again. */
const spoilsConnection = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || /^(08|57P0)/.test(error.code ?? '');

const messagingError = (error: unknown): MessagingError => {
  const detail = error instanceof Error ? error.message : String(error);
  const malformed = error instanceof DatabaseError && MALFORMED.test(error.code ?? '');
  return new MessagingError(malformed ? 'refused' : 'unavailable', detail, { cause: error });
};

/** Runs one statement on a free connection, once: its caller decides whether it may be sent again. */
export const runStatement = async (pool: Pool, statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
  let client: PoolClient | undefined;
  let spoiled = false;
  try {
    client = await pool.connect();
    const query = { ...statement, values: [...values], query_timeout: STATEMENT_TIMEOUT_MS };
    return (await client.query<Record<string, unknown>>(query)).rows;
  } catch (error) {
    spoiled = spoilsConnection(error);
    throw messagingError(error);
  } finally {
    client?.release(spoiled);
  }
};
