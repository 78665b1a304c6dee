import { DatabaseError } from 'pg';
import { EventStoreError } from '../event-store-error';

/** SQLSTATE classes and codes after which the same statement may well succeed; 53 and 58 are a full or failing disk among others. */
const PASSING = /^(08|40|53|57P0|57014|55P03|25006|58|XX000)/;
const MALFORMED = /^(22|54000)/;
const NOT_MIGRATED = /^(42P01|42883|3F000|42703)/;

/** What the database itself answered makes a resend hopeless; anything else, a lost connection above all, does not. */
export const isPassing = (error: unknown): boolean => {
  if (error instanceof EventStoreError) return error.retryable;
  return error instanceof DatabaseError ? PASSING.test(error.code ?? '') : true;
};

/** Passes too, but only when somebody makes room: whoever waits is told at once rather than after all resends. */
const DISK_FULL = '53100';

/** Whether the same statement may succeed within seconds. */
export const isWorthResending = (error: unknown): boolean =>
  isPassing(error) && !(error instanceof DatabaseError && error.code === DISK_FULL);

/** The connection itself is in doubt, so it must not be used again. */
export const spoilsConnection = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || /^(08|57P0)/.test(error.code ?? '');

/** What a failure of `pg` means, also one of a query beside the event store. */
export const eventStoreError = (error: unknown): EventStoreError => {
  if (error instanceof EventStoreError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  if (isPassing(error)) return new EventStoreError('unavailable', detail, { cause: error });
  const code = error instanceof DatabaseError ? (error.code ?? '') : '';
  if (MALFORMED.test(code)) return new EventStoreError('invalid-request', detail, { cause: error });
  if (NOT_MIGRATED.test(code)) return new EventStoreError('not-migrated', detail, { cause: error });
  return new EventStoreError('refused', detail, { cause: error });
};
