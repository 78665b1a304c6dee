import type { Instant, Message } from '@murmuration/kernel';
import type { IntegrationData, IntegrationEventName } from './catalogue';
import type { Heard } from './record';
import type { STEPS } from './steps';

type StepsOf<Service extends keyof typeof STEPS> = (typeof STEPS)[Service][number];

/** The steps of a service that begin by hearing an event. */
type HearingStep<Service extends keyof typeof STEPS> = Exclude<StepsOf<Service>, { readonly hears: readonly [] }>;

/** What one step does with one event: the commands it reacts with, none where the event does not concern it. */
export type React<Name extends IntegrationEventName, Command> = (
  data: IntegrationData<Name>,
  context: { readonly heard: Heard<Name>; readonly now: Instant },
) => readonly Command[];

/**
 * A service's reactions, step by step. The type is derived from the declared steps: a step or an event without a
 * reaction does not compile, nor does a reaction without a declared step. `stale` names the rejections that only mean
 * that the world has moved on; any other rejection of a reaction's command is a failure.
 */
export type Reactions<Service extends keyof typeof STEPS, Command extends Message, Rejection extends Message> = {
  readonly [Step in HearingStep<Service> as Step['name']]: {
    readonly on: { readonly [Name in Step['hears'][number]]: React<Name, Command> };
    readonly stale: readonly Rejection['type'][];
  };
};

/** One event's way through a service: the step it begins, the commands it leads to, and the rejections it may meet. */
export type Reaction<Command extends Message = Message> = {
  readonly step: string;
  readonly react: (heard: Heard, now: Instant) => readonly Command[];
  readonly stale: ReadonlySet<string>;
};

/** The reactions of a service by event name. */
export const reactionsByEvent = <
  Service extends keyof typeof STEPS,
  Command extends Message,
  Rejection extends Message,
>(
  reactions: Reactions<Service, Command, Rejection>,
): ReadonlyMap<string, Reaction<Command>> => {
  type Entry = {
    readonly on: Readonly<Record<string, React<IntegrationEventName, Command>>>;
    readonly stale: readonly string[];
  };
  const steps = Object.entries(reactions as unknown as Readonly<Record<string, Entry>>); // because the mapped type has no index signature
  return new Map(
    steps.flatMap(([step, { on, stale }]) =>
      Object.entries(on).map(([name, react]): [string, Reaction<Command>] => [
        name,
        { step, stale: new Set(stale), react: (heard, now) => react(heard.data, { heard, now }) },
      ]),
    ),
  );
};
