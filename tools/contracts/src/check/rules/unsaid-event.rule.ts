import { saidBy, serviceOf, wordOf } from '../choreography';
import { placeOfStep, type Rule } from '../finding';

/** What is heard must be declared, and said by a step or a deadline of the service that its name begins with. */
export const unsaidEvent: Rule = ({ events, steps, deadlines }) => {
  const declared = new Set(events.map(({ name }) => name));
  const said = new Set<string>([
    ...steps.flatMap((step) => saidBy(step).filter((event) => serviceOf(event) === step.service)),
    ...deadlines.flatMap(({ service, fires }) => fires.filter((event) => serviceOf(event) === service)),
  ]);
  return steps.flatMap((step) =>
    [...step.hears, ...(step.joins ?? [])]
      .filter((event) => !said.has(event) || !declared.has(event))
      .map((event) => ({
        rule: 'unsaid-event',
        sentence: declared.has(event)
          ? `${step.service}.${step.name} hears ${wordOf(event)}, but no step of ${serviceOf(event)} says it`
          : `${step.service}.${step.name} hears ${event}, which is not an event of the published language`,
        place: placeOfStep(step),
        mend: declared.has(event)
          ? `name it among the outcomes of a step of ${serviceOf(event)}, or hear it no more`
          : 'declare the event, or hear another one',
      })),
  );
};
