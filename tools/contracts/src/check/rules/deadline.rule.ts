import { hearersOf, serviceOf, wordOf } from '../choreography';
import { placeOfDeadline, type Rule } from '../finding';

/** A deadline ends a wait, and what it says is heard: by a step, or, where it is terminal, by the people behind projections. */
export const deadlineWithoutHearer: Rule = (choreography) =>
  choreography.deadlines.flatMap(({ name, service, fires }) => {
    const finding = (sentence: string, mend: string) => ({
      rule: 'deadline-without-hearer',
      sentence: `the deadline ${name} ${sentence}`,
      place: placeOfDeadline(name),
      mend,
    });
    const isHeard = (event: string): boolean =>
      hearersOf(choreography, event).length > 0 ||
      choreography.events.some((contract) => contract.name === event && contract.terminal);
    return [
      ...(fires.length === 0 ? [finding('says nothing when it fires', 'name the events that it fires')] : []),
      ...fires
        .filter((event) => !isHeard(event))
        .map((event) =>
          finding(`fires ${wordOf(event)}, which nobody hears`, 'let a step hear it, or fire what is heard'),
        ),
      ...fires
        .filter((event) => serviceOf(event) !== service)
        .map((event) =>
          finding(
            `of ${service} fires ${wordOf(event)}, which is for ${serviceOf(event)} to say`,
            `fire an event of ${service}`,
          ),
        ),
      ...(choreography.steps.some(({ waits }) => waits?.some(({ deadline }) => deadline === name))
        ? []
        : [finding('ends no wait', 'name it in the wait of a step, or drop it')]),
    ];
  });
