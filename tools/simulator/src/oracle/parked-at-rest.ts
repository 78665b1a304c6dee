import type { World } from '../world/world';
import type { Find } from './findings';

const PARKED_MAX = 10_000;
/** How an assertion that failed inside the rules is told, which nothing that is heard may bring about. */
const FAULT_OF_RULES = / failed: expected: /;
/** How it is told that the rules refused what their own step does not take for stale. */
const REFUSAL = /^refused: /;

/** What is parked in sight of an operator: nothing is lost, and whatever it keeps waiting waits with a reason. */
export type Parked = {
  readonly isAt: (service: string, key: string) => boolean;
  readonly isAnywhere: (key: string) => boolean;
};

/** Looks at all that is parked, which must be there for a reason that lies outside of the flock. */
export const parkedAtRest = async (world: World, find: Find): Promise<Parked> => {
  const waiting = new Map<string, Set<string>>();
  for (const [service, { database }] of world.services) {
    const keys = new Set<string>();
    waiting.set(service, keys);
    const parked = await database.tables.inbox.listParked({ limit: PARKED_MAX });
    const heads = new Set(parked.filter(({ kind }) => kind !== 'queued').map(({ key }) => key));
    for (const { key, kind, reason, holdsKey } of parked) {
      if (key !== null && holdsKey) keys.add(key);
      if (FAULT_OF_RULES.test(reason)) find('rules', key ?? service, `${service} parked it: ${reason}`);
      if (REFUSAL.test(reason)) find('I5', key ?? service, `${service} parked it: ${reason}`);
      if (kind === 'unknown-version') find('I4', key ?? service, `${service} keeps parked what it knows by now`);
      if (kind === 'queued' && !heads.has(key))
        find('I4', key ?? service, `${service} keeps parked what waits for nothing`);
    }
  }
  return {
    isAt: (service, key) => waiting.get(service)?.has(key) === true,
    isAnywhere: (key) => [...waiting.values()].some((keys) => keys.has(key)),
  };
};
