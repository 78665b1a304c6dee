import type { ExternalEffect, Step } from '@murmuration/contracts';
import { idOf } from '../choreography';
import { placeOfStep, type Finding, type Rule } from '../finding';

const finding = (step: Step, sentence: string, mend: string): Finding => ({
  rule: 'external-effect',
  sentence,
  place: placeOfStep(step),
  mend,
});

const ofCall = (step: Step, { port, call, idempotencyKey, query }: ExternalEffect): readonly Finding[] => {
  const what = `the call ${call} of ${idOf(step)} to the ${port}`;
  return [
    ...(idempotencyKey.includes(`<${step.key}>`)
      ? []
      : [
          finding(
            step,
            `${what} has no idempotency key of its own: ${idempotencyKey === '' ? 'it is empty' : `${idempotencyKey} is the same for every ${step.key}`}`,
            `make the key of <${step.key}> and the name of the call`,
          ),
        ]),
    ...(query.trim() === ''
      ? [finding(step, `${what} cannot be asked about when its outcome is unknown`, 'say how it is queried by its key')]
      : []),
  ];
};

/** An external call can be repeated and asked about by its key, and the step says so when it never learns how it ended. */
export const externalEffect: Rule = ({ steps }) =>
  steps.flatMap((step) => {
    const effects = step.effects ?? [];
    if (effects.length === 0) return [];
    const isSilent = (step.outcomes.unknown ?? []).length === 0;
    return [
      ...effects.flatMap((effect) => ofCall(step, effect)),
      ...(isSilent
        ? [
            finding(
              step,
              `${idOf(step)} makes an external call, but says nothing when its outcome stays unknown`,
              'name the event that asks for attention: `outcomes.unknown`',
            ),
          ]
        : []),
    ];
  });
