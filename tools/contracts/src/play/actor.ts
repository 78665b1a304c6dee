import { assert, type Instant, type Message } from '@murmuration/kernel';
import type { IntegrationEvent } from '@murmuration/contracts';
import type { Role } from './cast';

export type OpenEffect = { readonly key: string; readonly effect: Message; readonly openedAt: Instant };

export type Verdict =
  | { readonly stored: readonly Message[]; readonly said: readonly IntegrationEvent[]; readonly rejected?: never }
  | { readonly rejected: Message; readonly stored?: never; readonly said?: never };

/** More rounds of naming streams than any command takes. */
const ROUNDS_MAX = 5;

/** One service in a play: its streams, and the work that its agenda says is still to be done. */
export const actorOf = (role: Role) => {
  const { model, agenda, announce } = role;
  const states = new Map<string, unknown>();
  const effects = new Map<string, OpenEffect>();
  const deadlines = new Map<string, Instant>();
  const stateOf = (streamId: string): unknown => states.get(streamId) ?? model.initial(streamId);

  const read = (command: Message): void => {
    const known = new Set<string>();
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const named = model.streamsOf(command, (streamId) => (known.has(streamId) ? stateOf(streamId) : undefined));
      if (named.every((streamId) => known.has(streamId))) return;
      for (const streamId of named) known.add(streamId);
    }
    assert(false, `${role.service} names the streams of ${command.type} within ${ROUNDS_MAX} rounds`);
  };

  const store = (event: Message, now: Instant): void => {
    const streamId = model.streamOf(event);
    states.set(streamId, model.evolve(stateOf(streamId), event));
    for (const change of agenda.changesOf(event))
      if (change.type === 'effect-opened')
        effects.set(change.key, { key: change.key, effect: change.effect, openedAt: now });
      else if (change.type === 'effect-closed') effects.delete(change.key);
      else if (change.type === 'deadline-set') deadlines.set(change.key, change.dueAt);
      else deadlines.delete(change.key);
  };

  return {
    ...role,
    stateOf,
    effects,
    deadlines,
    decide: (command: Message, now: Instant): Verdict => {
      read(command);
      const { accepted, rejected } = model.decide(command, stateOf);
      if (rejected !== undefined) return { rejected };
      for (const event of accepted) store(event, now);
      return { stored: accepted, said: accepted.flatMap((event) => announce(event) ?? []) };
    },
  };
};

export type Actor = ReturnType<typeof actorOf>;
