import { EffectsError, type EffectsErrorCode } from '../effects-error';

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_SCHEMA = '3F000';
/** Data exceptions, integrity violations, syntax errors and missing rights: trying again cannot help. */
const REFUSAL = /^(22|23|42)[0-9A-Z]{3}$/;

/** The SQLSTATE of an error of the server, also when it is the cause of one of ours. */
export const sqlStateOf = (error: unknown): string | undefined => {
  if (error instanceof EffectsError) return sqlStateOf(error.cause);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
};

const codeOf = (sqlState: string): EffectsErrorCode => {
  if (sqlState === UNDEFINED_TABLE || sqlState === UNDEFINED_SCHEMA) return 'not-migrated';
  return REFUSAL.test(sqlState) ? 'refused' : 'unavailable';
};

/** What a failed statement means for its caller. */
export const effectsErrorOf = (error: unknown, statement: string): EffectsError =>
  new EffectsError(
    codeOf(sqlStateOf(error) ?? ''),
    `${statement}: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  );
