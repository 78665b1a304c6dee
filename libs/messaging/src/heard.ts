import type { Message } from '@murmuration/kernel';
import type { Inbound } from './link';

/** What a record says about the path that its event has come. */
export type HeardRecord = {
  /** The event's id; the ids of all that follows derive from it. */
  readonly id: string;
  readonly correlationId: string;
  readonly hop: number;
  readonly traceparent?: string;
};

/** What a step does about an event: commands in order, and the rejections that only mean that the world has moved on. */
export type StepReaction<Command extends Message = Message> = {
  readonly step: string;
  readonly commands: readonly Command[];
  readonly stale: ReadonlySet<string>;
};

/** What a service makes of a record. */
export type DecodedRecord<Command extends Message = Message> =
  | { readonly kind: 'heard'; readonly heard: HeardRecord; readonly reaction: StepReaction<Command> }
  /** Not for this service, by contract: it counts as handled and is skipped. Nothing else ever is. */
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'undecodable'; readonly reason: string }
  /** What this code does not know yet. It is parked, and redriven by itself once code that knows it runs. */
  | { readonly kind: 'unknown-version' | 'unknown-type'; readonly reason: string };

/**
 * Binds a record to a reaction and performs nothing. A failure parks the record's key at once, unless the error says
 * `retryable`: then the record is tried again, up to the retry budget.
 */
export type DecodeRecord<Command extends Message = Message> = (
  record: Inbound,
) => DecodedRecord<Command> | Promise<DecodedRecord<Command>>;
