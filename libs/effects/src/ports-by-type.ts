import type { EffectPort, Message } from '@murmuration/kernel';

/** One port for each type of effect of a service. */
export type PortsByType<Effect extends Message, Result> = {
  readonly [Type in Effect['type']]: EffectPort<Extract<Effect, { readonly type: Type }>, Result>;
};

/** Makes one port of many: each effect goes to the port of its type. */
export const portsByType = <Effect extends Message, Result>(
  ports: PortsByType<Effect, Result>,
): EffectPort<Effect, Result> => {
  const portOf = (effect: Effect): EffectPort<Effect, Result> => ports[effect.type as Effect['type']]; // because its type chose it
  return {
    perform: (key, effect) => portOf(effect).perform(key, effect),
    query: (key, effect) => portOf(effect).query(key, effect),
  };
};
