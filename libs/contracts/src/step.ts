import type { IntegrationEventName } from './catalogue';
import type { DeadlineName } from './deadlines';
import type { ServiceName } from './event-contract';

/** An external call that a step makes: what identifies it at the other side, and how its outcome is asked for when it is unknown. */
export type ExternalEffect = {
  readonly port: 'payment-provider' | 'carrier';
  readonly call: string;
  /** With the fields in angle brackets that make it one of a kind. */
  readonly idempotencyKey: string;
  readonly query: string;
};

/** Something that a step has begun, and that others must end: their word, or the answer of the other side. */
export type Wait = {
  /** What is waited for. */
  readonly for: string;
  /** The events that end it, of others or of the step itself once it has its answer. */
  readonly until: readonly IntegrationEventName[];
  /** What ends it when nobody does; it may be a deadline of another service that watches over this one. */
  readonly deadline?: DeadlineName;
};

/** A state that a step moves forward and never back, so that it says each of its words at most once and no cycle runs for ever. */
export type ProgressGuard = { readonly state: string; readonly moves: readonly string[] };

/** One step of the choreography: what a service does on hearing an event, or on a command from outside (`hears` is empty). */
export type Step = {
  readonly service: ServiceName;
  readonly name: string;
  /** The payload field that tells what the step is about: of all it hears, and of its outcomes. */
  readonly key: 'orderId' | 'customerId' | 'sku';
  readonly hears: readonly IntegrationEventName[];
  /** Heard by another step of the service, and awaited too: this step acts on whichever comes last. */
  readonly joins?: readonly IntegrationEventName[];
  /** The personal fields that it reads, by the event that carries them. */
  readonly needs?: { readonly [Name in IntegrationEventName]?: readonly string[] };
  readonly outcomes: {
    readonly done: readonly IntegrationEventName[];
    readonly refused?: readonly IntegrationEventName[];
    /** Said when it cannot be brought to an end, or when that stays unknown for longer than anybody may wait. */
    readonly unknown?: readonly IntegrationEventName[];
  };
  /** Said besides the outcome: about something else, or of a step that turned out to be done as well. */
  readonly besides?: readonly IntegrationEventName[];
  /**
   * `compensatable` can be undone, nothing can after the `pivot`, and what follows it is `retriable` until it is done. A
   * `compensation` undoes. A `note` holds nothing that would have to be given back.
   */
  readonly kind: 'note' | 'compensatable' | 'pivot' | 'retriable' | 'compensation';
  /** The step of the same service that undoes this one, and the events on which it does. */
  readonly undoneBy?: string;
  readonly undoneOn?: readonly IntegrationEventName[];
  readonly waits?: readonly Wait[];
  readonly effects?: readonly ExternalEffect[];
  readonly guard?: ProgressGuard;
};
