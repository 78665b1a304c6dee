import { reactingTo, type Heard, type HearingService, type Reactions } from '@murmuration/contracts';
import { assert, type Instant, type Message } from '@murmuration/kernel';
import type { StepReaction } from '@murmuration/messaging';
import { systemNow } from '../http/command-context';

export { heardBy, heardByStep, topicsOf } from '@murmuration/contracts';

/** Binds an event to what the service's step does about it; the body of every `@EventPattern` handler. */
export const reactWith = <Service extends HearingService, Command extends Message, Rejection extends Message>(
  reactions: Reactions<Service, Command, Rejection>,
  now: () => Instant = systemNow,
): ((heard: Heard) => StepReaction<Command>) => {
  const react = reactingTo<Service, Command, Rejection>(reactions, now);
  return (heard) => {
    const reaction = react(heard);
    assert(reaction !== undefined, `a reaction to ${heard.name}`);
    return reaction;
  };
};
