import { idOf, wordOf } from '../choreography';
import { placeOfStep, type Rule } from '../finding';

/** Order is kept per key, so a step must be about what the records that it hears are keyed by. */
export const stepKey: Rule = ({ events, steps }) =>
  steps.flatMap((step) =>
    events
      .filter(({ name, key }) => key !== step.key && step.hears.some((heard) => heard === name))
      .map(({ name, key }) => ({
        rule: 'step-key',
        sentence: `${idOf(step)} is about one ${step.key}, but hears ${wordOf(name)}, whose records are keyed by ${key}`,
        place: placeOfStep(step),
        mend: `hear an event that is keyed by ${step.key}, or make ${key} the key of the step`,
      })),
  );
