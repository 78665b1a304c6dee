import type { Heard } from '@murmuration/contracts';
import type { StoredEvent } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { SimulatedService, World } from '../world/world';
import type { Find } from './findings';

/** Folds each stream of a service once, when it is asked for. */
const statesOf = ({ binding: { model, codec }, database }: SimulatedService) => {
  const states = new Map<string, unknown>();
  const fold = (state: unknown, event: StoredEvent): unknown => model.evolve(state, codec.decode(event));
  return {
    get: (streamId: string): unknown => states.get(streamId),
    read: async (streamId: string): Promise<void> => {
      if (states.has(streamId)) return;
      const events = (await database.tables.store.readStreams([{ streamId }])).get(streamId) ?? [];
      states.set(streamId, events.reduce(fold, model.initial(streamId)));
    },
  };
};

/** Every event is applied or provably stale at every hearer: to hear it once more would change nothing. */
export const nothingDropped = async (world: World, said: readonly Heard[], find: Find): Promise<void> => {
  for (const service of world.services.values()) {
    const { model, reactions, service: name } = service.binding;
    const states = statesOf(service);
    const whyNotKnown = async (command: Message, stale: ReadonlySet<string>): Promise<string | undefined> => {
      for (const streamId of model.streamsOf(command, states.get)) await states.read(streamId);
      // A command may name more streams once the first ones are known.
      for (const streamId of model.streamsOf(command, states.get)) await states.read(streamId);
      const { accepted, rejected } = model.decide(command, states.get);
      if (rejected !== undefined) return stale.has(rejected.type) ? undefined : `is refused: ${rejected.type}`;
      return accepted.length === 0 ? undefined : `would still bring ${accepted[0]?.type}`;
    };
    for (const heard of said) {
      const reaction = reactions.get(heard.name);
      if (reaction === undefined) continue;
      try {
        for (const command of reaction.react(heard, heard.time)) {
          const why = await whyNotKnown(command, reaction.stale);
          if (why !== undefined) find('I5', heard.subject, `${heard.name} at ${name} ${why}`);
        }
      } catch (error) {
        find('rules', heard.subject, `${heard.name} at ${name} cannot be decided: ${String(error)}`);
      }
    }
  }
};
