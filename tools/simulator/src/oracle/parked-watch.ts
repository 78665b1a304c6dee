import { PARKED_EVENTS, type Heard } from '@murmuration/contracts';
import type { InboxPart } from '@murmuration/messaging';
import type { SimulatedService } from '../world/world';
import type { Find } from './findings';

export type ParkedWatch = {
  /** Compares all that the service has said of parked records to what its consumers have done with them. */
  readonly judge: (said: readonly Heard[]) => void;
};

/** Records of one service that were parked, or dealt with. */
type Books = {
  readonly ids: Set<string>;
  /** Those of before a replica took over that has the log and not the inbox: they may have been said, and may happen again. */
  readonly lost: Set<string>;
};

const open = (): Books => ({ ids: new Set(), lost: new Set() });

const lose = ({ ids, lost }: Books): void => {
  for (const id of ids) lost.add(id);
  ids.clear();
};

/** Watches what consumers park and settle: each of both is said once, and nothing else is. */
export const watchParked = ({ binding, database }: SimulatedService, find: Find): ParkedWatch => {
  const { service, announce } = binding;
  const { recordParked, recordUnparked } = PARKED_EVENTS[service];
  const parked = open();
  const unparked = open();

  const look = (part: InboxPart): void => {
    for (const { id } of part.parked) parked.ids.add(id);
    for (const { id, outcome } of part.settled) if (outcome !== 'failed-again') unparked.ids.add(id);
  };

  const judgeOne = (name: Heard['name'], { ids, lost }: Books, said: readonly Heard[]): void => {
    const times = new Map<string, Set<string>>();
    for (const { id, subject } of said.filter((heard) => heard.name === name)) {
      const eventIds = times.get(subject) ?? new Set();
      times.set(subject, eventIds.add(id));
      if (!ids.has(subject) && !lost.has(subject)) find('I5', subject, `${service} says ${name}, which is not so`);
    }
    for (const id of ids) {
      const count = times.get(id)?.size ?? 0;
      if (count !== 1) find('I5', id, `${service} says ${name} ${count} times`);
    }
  };

  database.watch({
    heardStored: (parts) => parts.forEach(look),
    failedOver: () => {
      lose(parked);
      lose(unparked);
    },
  });
  return {
    judge: (said) => {
      // Whoever announces nothing shows what is parked to those who ask.
      if (announce === undefined) return;
      judgeOne(recordParked.name, parked, said);
      judgeOne(recordUnparked.name, unparked, said);
    },
  };
};
