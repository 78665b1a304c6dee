import type { Message } from '@murmuration/kernel';
import type { DecodedRecord, DecodeRecord } from '../heard';
import type { Inbound } from '../link';
import { reasonOf, type ClaimSession } from './claim-session';

/** What a service made of a record, or why its binding failed for good. */
export type Decoded<Command extends Message> =
  DecodedRecord<Command> | { readonly kind: 'failed'; readonly reason: string };

const isRetryable = (error: unknown): boolean =>
  error instanceof Error && (error as Error & { readonly retryable?: unknown }).retryable === true;

const failedBy = (error: unknown): { readonly kind: 'failed'; readonly reason: string } => {
  if (isRetryable(error)) throw error;
  return { kind: 'failed', reason: reasonOf(error) };
};

/** Decodes at once where the binding answers at once; waits and tries again only where it must. */
export const decodePatiently = <Command extends Message>(
  record: Inbound,
  decode: DecodeRecord<Command>,
  { persistently }: Pick<ClaimSession, 'persistently'>,
): Decoded<Command> | Promise<Decoded<Command>> => {
  const again = async (): Promise<Decoded<Command>> => {
    try {
      return await decode(record);
    } catch (error) {
      return failedBy(error);
    }
  };
  let first: DecodedRecord<Command> | Promise<DecodedRecord<Command>>;
  try {
    first = decode(record);
  } catch (error) {
    return isRetryable(error) ? persistently(again) : failedBy(error);
  }
  if (!(first instanceof Promise)) return first;
  return first.catch((error: unknown) => (isRetryable(error) ? persistently(again) : failedBy(error)));
};
