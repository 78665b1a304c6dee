import { decodeLink } from '@murmuration/messaging';
import type { Plan } from '../plan/plan';
import type { Surroundings } from '../world/process';
import type { World } from '../world/world';

const LOOK_EVERY_MS = 2_000;
/** How long after the trouble somebody still looks: longer than it takes until the last record was fetched. */
const STAY_MS = 60_000;
const PARKED_MAX = 1_000;

/** Gives whatever is parked with broken bytes the bytes that were sent, and has it redriven. */
const mendAll = async ({ services, log, tally }: World): Promise<void> => {
  for (const { database } of services.values()) {
    const { inbox } = database.tables;
    for (const { id, headers, value } of await inbox.listParked({ kind: 'undecodable', limit: PARKED_MAX })) {
      const link = decodeLink(headers);
      const whole = link === undefined ? undefined : log.wholeOf(link.eventId);
      if (whole === undefined) continue;
      if (value?.equals(whole) !== true) {
        tally.add('broken record mended');
        await inbox.edit(id, { value: whole, headers }, 'ada');
      }
      // Also once more: a redrive that was under way with the old bytes ends this wish with its own.
      await inbox.wish(id, 'redrive', 'ada');
    }
  }
};

/** Somebody mends what was broken on its way: every now and then where there are operators, and in the end anyway. */
export const scheduleMenders = (plan: Plan, world: World, { time, decisions }: Surroundings): void => {
  const look = (): void => {
    if (decisions.struck().has('value broken')) void mendAll(world);
    if (time.nowMs() < plan.troubleMs + STAY_MS) time.after(LOOK_EVERY_MS, look);
  };
  if (plan.probabilities.has('value broken')) time.after(plan.hasOperators ? LOOK_EVERY_MS : plan.troubleMs, look);
};
