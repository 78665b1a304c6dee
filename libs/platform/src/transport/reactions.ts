import { contractOf, reactionsByEvent, STEPS, type Heard, type Reactions } from '@murmuration/contracts';
import { assert, type Instant, type Message } from '@murmuration/kernel';
import type { StepReaction } from '@murmuration/messaging';
import { systemNow } from '../http/command-context';

type Hearing = keyof typeof STEPS;

/** The names of the events that a service's declared steps hear. */
export const heardBy = (service: Hearing): readonly string[] => STEPS[service].flatMap(({ hears }) => [...hears]);

/** The names of the events that one declared step hears, for its `@EventPattern`. */
export const heardByStep = <Service extends Hearing>(
  service: Service,
  step: (typeof STEPS)[Service][number]['name'],
): readonly string[] => STEPS[service].find(({ name }) => name === step)?.hears ?? [];

/** Binds an event to what the service's step does about it; the body of every `@EventPattern` handler. */
export const reactWith = <Service extends Hearing, Command extends Message, Rejection extends Message>(
  reactions: Reactions<Service, Command, Rejection>,
  now: () => Instant = systemNow,
): ((heard: Heard) => StepReaction<Command>) => {
  const byEvent = reactionsByEvent<Service, Command, Rejection>(reactions);
  return (heard) => {
    const reaction = byEvent.get(heard.name);
    assert(reaction !== undefined, `a reaction to ${heard.name}`);
    return { step: reaction.step, commands: reaction.react(heard, now()), stale: reaction.stale };
  };
};

/** The topics that carry these events. */
export const topicsOf = (events: readonly string[]): readonly string[] => [
  ...new Set(events.flatMap((name) => contractOf(name)?.topic ?? [])),
];
