import type { IntegrationEvent } from '@murmuration/contracts';
import type { Message } from '@murmuration/kernel';
import type { SequenceMessage } from '../draw/sequence-diagram';

/** Why a service decided something: a step that heard, a deadline that fired, the answer to a call, or somebody's command. */
export type Cause =
  | { readonly kind: 'heard'; readonly step: string }
  | { readonly kind: 'deadline'; readonly key: string }
  | { readonly kind: 'answer'; readonly key: string; readonly call: string }
  | { readonly kind: 'command'; readonly type: string };

/** One decision of a service in a play. */
export type Decided = {
  readonly service: string;
  readonly cause: Cause;
  readonly stored: readonly Message[];
  readonly said: readonly IntegrationEvent[];
};

/** All that happened in a play. */
export type Played = {
  readonly orderId: string;
  readonly messages: readonly SequenceMessage[];
  readonly decisions: readonly Decided[];
  /** Keys of deadlines that were set, and of calls that were made with what they were about. */
  readonly deadlines: readonly { readonly service: string; readonly key: string }[];
  readonly calls: readonly { readonly service: string; readonly key: string; readonly call: string }[];
  readonly stateOf: (service: string, streamId: string) => unknown;
};
