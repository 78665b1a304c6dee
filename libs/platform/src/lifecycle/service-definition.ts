import type { Provider, Type } from '@nestjs/common';
import type { IntegrationEvent, ServiceName } from '@murmuration/contracts';
import type { Agenda, EffectPort, Message } from '@murmuration/kernel';
import type { RejectionStatus } from '../http/answer.interceptor';
import type { MigrationInterface } from 'typeorm';
import type { ServiceRules } from '../service-core';

/** Something that goes on by itself until it is told to stop; what it has in hand it finishes. */
export type Companion = { stop(): Promise<void> };

export type Migration = new () => MigrationInterface;

/** Everything that makes one service another than the others. */
export type ServiceDefinition<
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message = never,
  Result = never,
> = {
  readonly service: ServiceName;
  readonly docs: { readonly title: string; readonly description: string };
  readonly rules: ServiceRules<Command, Event, State, Rejection>;
  readonly rejectionStatus: RejectionStatus<Rejection>;
  /** The commands that are carried out even while nothing new is begun: each finishes what has begun, and stores little. */
  readonly finishing?: readonly Command['type'][];
  /** The names of the events that its `@EventPattern` handlers must hear, no more and no less. */
  readonly hears: readonly string[];
  /** What the others are told of an event of its own, or nothing. */
  readonly announce?: (event: Event) => IntegrationEvent | undefined;
  /** Its external calls and deadlines, and who is called; nobody in a service that only waits. */
  readonly agenda?: {
    readonly rules: Agenda<Event, Command, Effect, Result>;
    readonly port?: EffectPort<Effect, Result>;
  };
  /** Its REST routes and its reactions. */
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  /** Work of its own beside requests and records, begun once it listens. */
  readonly companions?: readonly (() => Companion)[];
};

/** Checks that the parts of a service fit together. */
export const defineService = <
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message = never,
  Result = never,
>(
  definition: ServiceDefinition<Command, Event, State, Rejection, Effect, Result>,
): ServiceDefinition<Command, Event, State, Rejection, Effect, Result> => definition;
