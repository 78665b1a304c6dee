import type { IntegrationEventName } from '@murmuration/contracts';
import { assert } from '@murmuration/kernel';
import { sequenceDiagram, type SequenceMessage } from '../draw/sequence-diagram';
import type { Step } from './actor';
import type { Flaw } from './auditor';
import type { MessageId } from './message-book';
import type { World, WorldState } from './world';

/** A way from the beginning to a state in which something is wrong, or in which the next step is. */
export type FoundRun = { readonly flaw: Flaw; readonly states: readonly (readonly number[])[] };

/** Draws a found run as a Mermaid sequence diagram that ends with what is wrong. */
export const drawnRun = (world: World, { flaw, states }: FoundRun): string => {
  const messages: SequenceMessage[] = world.actors.flatMap((_, index) =>
    saidNotes(world, index, undefined, world.initial),
  );
  for (const [nth, state] of states.entries()) {
    const next = states[nth + 1];
    if (next !== undefined) messages.push(...drawnStep(world, state, next));
  }
  const last = states.at(-1) ?? world.initial;
  if (flaw.step !== undefined && flaw.actorIndex !== undefined)
    messages.push(...drawnInput(world, flaw.actorIndex, flaw.step, last));
  const over = world.actors[flaw.actorIndex ?? 0];
  assert(over !== undefined, 'a flaw shows at an actor');
  messages.push({ from: over.name, to: over.name, text: flaw.text, kind: 'note' });
  return sequenceDiagram(messages);
};

const drawnStep = (world: World, state: WorldState, next: WorldState): readonly SequenceMessage[] => {
  const actorIndex = world.actors.findIndex((_, index) => state[index] !== next[index]);
  let taken: Step | undefined;
  world.steps(state, (index, step) => {
    if (index === actorIndex && step.to === next[index]) taken ??= step;
  });
  assert(taken !== undefined, 'a run goes from each state to the next by a step');
  return [...drawnInput(world, actorIndex, taken, state), ...saidNotes(world, actorIndex, state, next)];
};

const drawnInput = (
  world: World,
  actorIndex: number,
  { input }: Step,
  state: WorldState,
): readonly SequenceMessage[] => {
  const { name, rules } = actorAt(world, actorIndex);
  const partner = rules.partner?.name ?? 'partner';
  switch (input.type) {
    case 'heard':
    case 'heard-again': {
      const again = input.type === 'heard-again' ? ' (once more)' : '';
      const from = senderOf(world, input.message, state);
      return [{ from, to: name, text: wordOf(world.book.at(input.message).event.name) + again, kind: 'event' }];
    }
    case 'call':
      return [
        { from: name, to: partner, text: input.key, kind: 'call' },
        { from: partner, to: name, text: 'what became of it', kind: 'answer' },
      ];
    case 'call-unheard':
      return [{ from: name, to: partner, text: `${input.key} (the answer is lost)`, kind: 'call' }];
    case 'report':
      return [{ from: partner, to: name, text: `reports on ${input.key}`, kind: 'call' }];
    case 'give-up':
      return [{ from: name, to: name, text: `gives up on ${input.key}`, kind: 'note' }];
    case 'fire':
      return [{ from: name, to: name, text: `the deadline ${input.key} fires`, kind: 'note' }];
    case 'visit':
      return [{ from: partner, to: name, text: input.name, kind: 'call' }];
    case 'wish':
      return [{ from: input.wish.by, to: name, text: input.wish.name, kind: 'call' }];
  }
};

/** What an actor says in a step, where it is said: it may be heard much later. */
const saidNotes = (
  world: World,
  actorIndex: number,
  before: WorldState | undefined,
  after: WorldState,
): readonly SequenceMessage[] => {
  const { name } = actorAt(world, actorIndex);
  const known = before === undefined ? [] : saidIn(world, actorIndex, before);
  const words = saidIn(world, actorIndex, after)
    .filter((message) => !known.includes(message))
    .map((message) => wordOf(world.book.at(message).event.name));
  return words.length === 0 ? [] : [{ from: name, to: name, text: `says ${words.join(', ')}`, kind: 'note' }];
};

const saidIn = (world: World, actorIndex: number, state: WorldState): readonly MessageId[] =>
  actorAt(world, actorIndex).node(state[actorIndex] ?? 0).state.said;

const senderOf = (world: World, message: MessageId, state: WorldState): string => {
  const index = world.actors.findIndex((_, candidate) => saidIn(world, candidate, state).includes(message));
  return actorAt(world, index).name;
};

const actorAt = (world: World, index: number) => {
  const found = world.actors[index];
  assert(found !== undefined, `an actor with the index ${index}`);
  return found;
};

/** `stock-reserved` of `inventory.stock-reserved.v1`. */
const wordOf = (name: IntegrationEventName): string => name.split('.')[1] ?? name;
