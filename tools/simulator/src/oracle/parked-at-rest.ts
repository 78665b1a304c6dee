import type { World } from '../world/world';
import type { Find } from './findings';

const PARKED_MAX = 10_000;
/** How an assertion that failed inside the rules is told, which nothing that is heard may bring about. */
const FAULT_OF_RULES = / failed: expected: /;
/** How it is told that the rules refused what their own step does not take for stale. */
const REFUSAL = /^refused: /;

/**
 * Looks at all that is parked once nothing goes on any more. What nobody can read lies there for a person and is in nobody's
 * way; a record that keeps the others of its key waiting keeps a saga from its end.
 */
export const parkedAtRest = async (world: World, find: Find): Promise<void> => {
  for (const [service, { database }] of world.services) {
    const parked = await database.tables.inbox.listParked({ limit: PARKED_MAX });
    const heads = new Set(parked.filter(({ kind }) => kind !== 'queued').map(({ key }) => key));
    for (const { key, kind, reason, holdsKey } of parked) {
      const subject = key ?? service;
      if (FAULT_OF_RULES.test(reason)) find('rules', subject, `${service} parked it: ${reason}`);
      if (REFUSAL.test(reason)) find('I5', subject, `${service} parked it: ${reason}`);
      if (kind === 'unknown-version') find('I4', subject, `${service} keeps parked what it knows by now`);
      if (kind === 'queued' && !heads.has(key)) find('I4', subject, `${service} keeps parked what waits for nothing`);
      if (holdsKey) find('I4', subject, `${service} keeps it parked: ${reason}`);
    }
  }
};
