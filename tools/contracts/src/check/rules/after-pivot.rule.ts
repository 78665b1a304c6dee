import { idOf, wordOf } from '../choreography';
import { placeOfStep, type Rule } from '../finding';
import { edgesAfter } from '../flow';

/** After the pivot there is no way back, so nothing may begin there that would need one. */
export const afterPivot: Rule = (choreography) =>
  choreography.steps
    .filter(({ kind }) => kind === 'pivot')
    .flatMap((pivot) => {
      const found = new Map<string, { readonly event: string | undefined; readonly place: string }>();
      for (const { event, to } of edgesAfter(choreography, { kind: 'step', step: pivot }))
        if (to.kind === 'step' && to.step.kind === 'compensatable' && !found.has(idOf(to.step)))
          found.set(idOf(to.step), { event, place: placeOfStep(to.step) });
      return [...found].map(([id, { event = '', place }]) => ({
        rule: 'after-pivot',
        sentence: `${id} is compensatable, but begins after the pivot ${idOf(pivot)}, on ${wordOf(event)}`,
        place,
        mend: 'make it retriable, or let it begin on an event from before the pivot',
      }));
    });
