import type { Decisions } from '../faults/decisions';
import type { Fault } from '../faults/faults';

/** A fault that is to strike the next times it could at a site that the pattern matches. */
type Armed = { readonly fault: Fault; readonly site: RegExp; left: number };

/** Chance that does as a script says; whatever the script does not speak of draws from the seed. */
export type ScriptedDecisions = Decisions & {
  readonly arm: (fault: Fault, site: RegExp, times: number) => void;
  /** Faults that were armed and have not struck. */
  readonly unstruck: () => readonly string[];
};

export const scripted = (decisions: Decisions): ScriptedDecisions => {
  let armed: Armed[] = [];
  return {
    ...decisions,
    arm: (fault, site, times) => void armed.push({ fault, site, left: times }),
    unstruck: () => armed.map(({ fault, site, left }) => `${fault} at ${String(site)}, ${left} times`),
    strikes: (fault, where) => {
      const found = armed.find((each) => each.fault === fault && each.site.test(where));
      if (found === undefined) return decisions.strikes(fault, where);
      found.left -= 1;
      if (found.left === 0) armed = armed.filter((each) => each !== found);
      return decisions.takesPlace(`${fault} at ${where}`, fault);
    },
  };
};
