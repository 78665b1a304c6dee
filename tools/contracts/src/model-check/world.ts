import { actor, type Actor, type Step } from './actor';
import { withoutWords, type Recording } from './actor-state';
import { messageBook, type MessageId } from './message-book';
import type { Bounds } from './moves';
import type { Flock } from './rules';
import { partsOf, type Scenario } from './scenarios';

/** A state of the world: the number of each actor's state, in the order of the actors. */
export type WorldState = ArrayLike<number>;

/** All actors of a scenario. What is under way between them follows from what was said and what was heard. */
export const worldOf = (scenario: Scenario, flock: Flock, bounds: Bounds, merge: Recording['merge'] = withoutWords) => {
  const book = messageBook();
  const { silentAt = [], isOrdersPrompt = false } = scenario;
  const actors: readonly Actor[] = partsOf(scenario, flock).map((part) => {
    const giveUpsMin = silentAt.includes(part.rules.service) ? 1 : 0;
    return actor(part, { book, merge }, { ...bounds, giveUpsMax: Math.max(bounds.giveUpsMax, giveUpsMin) });
  });
  const addressed = actors.map(() => new Map<number, readonly (readonly MessageId[])[]>());

  const isHeardBy = (message: MessageId, { rules, orderId, isShared }: Actor): boolean => {
    const said = book.at(message);
    return rules.reactions.has(said.event.name) && (isShared || said.orderId === orderId);
  };

  /** What an actor has said so far, by the index of who hears it. */
  const saidBy = (sender: number, state: number): readonly (readonly MessageId[])[] => {
    const node = actors[sender]!.node(state); // because senders are counted off the actors
    const known = addressed[sender]!.get(node.saidId); // because there is a map for each actor
    if (known !== undefined) return known;
    const made = actors.map((hearer) => node.state.said.filter((message) => isHeardBy(message, hearer)));
    addressed[sender]!.set(node.saidId, made); // because there is a map for each actor
    return made;
  };

  return {
    scenario,
    book,
    actors,
    initial: actors.map(({ initial }) => initial),

    /** Everything that may happen next, in a fixed order. */
    steps(state: WorldState, visit: (actorIndex: number, step: Step) => void): void {
      if (isOrdersPrompt && hearPromptly(state, visit)) return;
      for (let index = 0; index < actors.length; index++) {
        hear(state, index, visit);
        const one = actors[index]!; // because the index is within the actors
        for (const step of one.steps(state[index]!)) visit(index, step); // because a state has a number for each actor
      }
    },
  };

  function hear(state: WorldState, index: number, visit: (actorIndex: number, step: Step) => void): boolean {
    const hearer = actors[index]!; // because the index is within the actors
    const at = state[index]!; // because a state has a number for each actor
    const { heard } = hearer.node(at);
    let isAny = false;
    for (let sender = 0; sender < actors.length; sender++) {
      for (const message of saidBy(sender, state[sender]!)[index]!) {
        // because both are within the actors
        if (heard.has(message)) continue;
        isAny = true;
        visit(index, hearer.hear(at, message));
      }
    }
    return isAny;
  }

  function hearPromptly(state: WorldState, visit: (actorIndex: number, step: Step) => void): boolean {
    return actors.some(({ rules }, index) => rules.service === 'orders' && hear(state, index, visit));
  }
};

export type World = ReturnType<typeof worldOf>;
