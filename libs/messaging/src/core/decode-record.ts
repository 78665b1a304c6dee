import type { Message } from '@murmuration/kernel';
import type { DecodedRecord, DecodeRecord } from '../heard';
import type { Inbound } from '../link';
import { reasonOf } from './claim-session';

/** What a service made of a record, why its binding failed for good, or with what it failed for now. */
export type Decoded<Command extends Message> =
  | DecodedRecord<Command>
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly error: unknown };

const isRetryable = (error: unknown): boolean =>
  error instanceof Error && (error as Error & { readonly retryable?: unknown }).retryable === true;

const failedBy = <Command extends Message>(error: unknown): Decoded<Command> =>
  isRetryable(error) ? { kind: 'unavailable', error } : { kind: 'failed', reason: reasonOf(error) };

/** Decodes once, and at once where the binding answers at once. */
export const decodeOnce = <Command extends Message>(
  record: Inbound,
  decode: DecodeRecord<Command>,
): Decoded<Command> | Promise<Decoded<Command>> => {
  try {
    const decoded = decode(record);
    return decoded instanceof Promise ? decoded.catch(failedBy<Command>) : decoded;
  } catch (error) {
    return failedBy(error);
  }
};
