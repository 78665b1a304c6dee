import type { Auditor, Flaw } from './auditor';
import type { FoundRun } from './found-run';
import { NO_PARENT, stateTable } from './state-table';
import type { World } from './world';

export type Exploration = {
  readonly states: number;
  readonly transitions: number;
  /** Whether every state within the bounds was visited. */
  readonly isExhaustive: boolean;
  /** How many states at rest there are of each kind: how the orders ended. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly found?: FoundRun;
};

export type Progress = (states: number, waiting: number) => void;
export type ExploreOptions = { readonly statesMax: number; readonly onProgress?: Progress | undefined };

const PROGRESS_EVERY = 50_000;

/**
 * Visits every state breadth first, so that the first flaw found has a shortest run. No actor ever comes back to a state that it
 * has left, which is proven along with the rest, so that every run that goes on ends in one of the states at rest.
 */
export const explore = (world: World, auditor: Auditor, { statesMax, onProgress }: ExploreOptions): Exploration => {
  const width = world.actors.length;
  const table = stateTable(width);
  const outcomes = new Map<string, number>();
  const from = new Int32Array(width);
  const next = new Int32Array(width);
  let transitions = 0;
  let found: FoundRun | undefined;

  const runTo = (index: number, flaw: Flaw): FoundRun => {
    const states: number[][] = [];
    const at = new Int32Array(width);
    for (let each = index; each !== NO_PARENT; each = table.parentOf(each)) {
      table.read(each, at);
      states.unshift([...at]);
    }
    return { flaw, states };
  };

  const rested = (index: number): void => {
    const text = auditor.atRest(from);
    if (text !== undefined) found = runTo(index, { text });
    const outcome = auditor.outcomeOf(from);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  };

  table.add(world.initial, NO_PARENT);
  let index = 0;
  for (; index < table.size() && found === undefined && table.size() < statesMax; index++) {
    table.read(index, from);
    let isAtRest = true;
    world.steps(from, (actorIndex, step) => {
      if (found !== undefined || step.to === from[actorIndex]) return;
      transitions++;
      if (step.isDue) isAtRest = false;
      if (step.to === undefined) {
        found = runTo(index, { actorIndex, step, text: step.flaw });
        return;
      }
      next.set(from);
      next[actorIndex] = step.to;
      const added = table.add(next, index);
      if (!added.isNew) return;
      const text = auditor.atAnyTime(next);
      if (text !== undefined) found = runTo(added.index, { text });
    });
    if (isAtRest && found === undefined) rested(index);
    if (index % PROGRESS_EVERY === PROGRESS_EVERY - 1) onProgress?.(table.size(), table.size() - index);
  }
  const endless = found === undefined ? world.actors.find((one) => one.returns()) : undefined;
  if (endless !== undefined)
    found = runTo(0, { text: `I4: ${endless.name} comes back to where it was, so that a run need not end` });
  const isExhaustive = found === undefined && index === table.size();
  const unreached = isExhaustive ? world.scenario.endsAs.find((end) => !outcomes.has(end)) : undefined;
  if (unreached !== undefined) found = runTo(0, { text: `I4: no run ends as ${unreached}, whatever happens` });
  return { states: table.size(), transitions, isExhaustive, outcomes, ...(found === undefined ? {} : { found }) };
};
