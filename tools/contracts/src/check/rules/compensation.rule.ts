import type { Step } from '@murmuration/contracts';
import { hearersOf, idOf, wordOf, type Choreography } from '../choreography';
import { placeOfStep, type Finding, type Rule } from '../finding';
import { edgesAfter } from '../flow';

const finding = (step: Step, sentence: string, mend: string): Finding => ({
  rule: 'compensation',
  sentence,
  place: placeOfStep(step),
  mend,
});

const namesOf = (events: readonly string[]): string => events.map(wordOf).join(' or ');

/**
 * Whether something that can happen once the step is done leads to its undo: something that others say in consequence, or the
 * deadline of a wait of its own.
 */
const isTriggered = (choreography: Choreography, step: Step, undo: Step, on: readonly string[]): boolean =>
  edgesAfter(choreography, { kind: 'step', step }).some(
    ({ event, to }) => event !== undefined && on.includes(event) && to.kind === 'step' && idOf(to.step) === idOf(undo),
  );

const findingsOf = (choreography: Choreography, step: Step): readonly Finding[] => {
  const id = idOf(step);
  if (step.undoneBy === undefined)
    return [
      finding(step, `${id} can be compensated, but nothing undoes it`, 'name the step that undoes it: `undoneBy`'),
    ];
  const undo = choreography.steps.find(({ service, name }) => service === step.service && name === step.undoneBy);
  if (undo === undefined || undo.kind !== 'compensation')
    return [
      finding(
        step,
        `${id} is undone by ${step.undoneBy}, which is no compensation of ${step.service}`,
        `declare ${step.undoneBy} as a step of ${step.service} of kind compensation`,
      ),
    ];
  const on: readonly string[] = step.undoneOn ?? [];
  const deaf = on.filter((event) => !hearersOf(choreography, event).some((hearer) => idOf(hearer) === idOf(undo)));
  if (deaf.length > 0)
    return [
      finding(
        step,
        `${id} is undone on ${namesOf(deaf)}, but ${idOf(undo)} does not hear that`,
        `let ${idOf(undo)} hear it, or drop it from \`undoneOn\``,
      ),
    ];
  if (!isTriggered(choreography, step, undo, on))
    return [
      finding(
        step,
        `${id} is undone by ${idOf(undo)}, but nothing that follows the step leads to ${on.length === 0 ? 'any event that triggers it' : namesOf(on)}`,
        'name in `undoneOn` what triggers the undo, and let a step or a deadline say it',
      ),
    ];
  return [];
};

/** Whatever can be compensated has an undo, and a path that leads there. */
export const compensation: Rule = (choreography) =>
  choreography.steps.filter(({ kind }) => kind === 'compensatable').flatMap((step) => findingsOf(choreography, step));
