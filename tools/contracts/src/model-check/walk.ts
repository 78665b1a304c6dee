import { seededChance } from '@murmuration/testing';
import type { Step } from './actor';
import type { Auditor } from './auditor';
import type { Exploration } from './explore';
import type { FoundRun } from './found-run';
import { NO_PARENT, stateTable } from './state-table';
import type { World, WorldState } from './world';

/** More steps than any run of a scenario takes. */
const STEPS_MAX = 500;

/** How likely a step is trouble or a wish rather than progress, where there are both: drawn for each run. */
const TROUBLE_CHANCES = [0.005, 0.05, 0.3] as const;

export type WalkOptions = { readonly runs: number; readonly seed: number };

/**
 * Follows whole runs to their ends, each step drawn by chance from all that may happen. It goes deeper than a search that is cut
 * off and proves less: `isExhaustive` is never true.
 */
export const walk = (world: World, auditor: Auditor, { runs, seed }: WalkOptions): Exploration => {
  const chance = seededChance(seed);
  const visited = stateTable(world.actors.length);
  const outcomes = new Map<string, number>();
  let transitions = 0;

  const oneRun = (): FoundRun | undefined => {
    const states: (readonly number[])[] = [world.initial];
    const trouble = chance.pick(TROUBLE_CHANCES);
    visited.add(world.initial, NO_PARENT);
    for (let nth = 0; nth < STEPS_MAX; nth++) {
      const from = states.at(-1) ?? world.initial;
      const choices = choicesAt(world, from);
      if (!choices.some(({ step }) => step.isDue)) {
        const text = auditor.atRest(from);
        if (text !== undefined) return { flaw: { text }, states };
      }
      if (choices.length === 0) {
        const outcome = auditor.outcomeOf(from);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        return undefined;
      }
      const progress = choices.filter(isProgress);
      const isTrouble = progress.length === 0 || (progress.length < choices.length && chance.happens(trouble));
      const { actorIndex, step } = chance.pick(isTrouble ? choices.filter((one) => !isProgress(one)) : progress);
      transitions++;
      if (step.to === undefined) return { flaw: { text: step.flaw, actorIndex, step }, states };
      const next = from.with(actorIndex, step.to);
      states.push(next);
      const text = visited.add(next, NO_PARENT).isNew ? auditor.atAnyTime(next) : undefined;
      if (text !== undefined) return { flaw: { text }, states };
    }
    return { flaw: { text: `I4: a run of more than ${STEPS_MAX} steps` }, states };
  };

  let found: FoundRun | undefined;
  for (let run = 0; run < runs && found === undefined; run++) found = oneRun();
  return {
    ...{ states: visited.size(), transitions, isExhaustive: false, outcomes },
    ...(found === undefined ? {} : { found }),
  };
};

type Choice = { readonly actorIndex: number; readonly step: Step };

const isProgress = ({ step: { input } }: Choice): boolean =>
  input.type === 'heard' || input.type === 'call' || input.type === 'visit';

const choicesAt = (world: World, state: WorldState): readonly Choice[] => {
  const choices: Choice[] = [];
  world.steps(state, (actorIndex, step) => {
    if (step.to !== state[actorIndex]) choices.push({ actorIndex, step });
  });
  return choices;
};
