import { hearersOf, wordOf } from '../choreography';
import { placeOfEvent, type Rule } from '../finding';

/** Projections hear everything and take no step, so they do not count. */
export const unheardEvent: Rule = (choreography) =>
  choreography.events.flatMap(({ name, terminal }) => {
    const hearers = hearersOf(choreography, name);
    if (terminal === (hearers.length === 0)) return [];
    if (terminal)
      return {
        rule: 'unheard-event',
        sentence: `${wordOf(name)} is declared terminal, but ${hearers.map((step) => `${step.service}.${step.name}`).join(' and ')} hears it`,
        place: placeOfEvent(name),
        mend: 'drop `terminal: true`',
      };
    return {
      rule: 'unheard-event',
      sentence: `${wordOf(name)} is said, but nobody except projections hears it`,
      place: placeOfEvent(name),
      mend: 'let a step hear it, or declare it `terminal: true`',
    };
  });
