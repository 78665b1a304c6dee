import type { Step } from '@murmuration/contracts';
import { idOf, wordOf, type Choreography } from '../choreography';
import { placeOfStep, type Finding, type Rule } from '../finding';

const finding = (step: Step, sentence: string, mend: string): Finding => ({
  rule: 'wait-without-deadline',
  sentence: `${idOf(step)} ${sentence}`,
  place: placeOfStep(step),
  mend,
});

const unbounded = (step: Step, { deadlines }: Choreography): readonly Finding[] =>
  (step.waits ?? []).flatMap((wait) => {
    if (wait.deadline === undefined)
      return finding(step, `waits for ${wait.for}, and no deadline ends that`, 'name the deadline of the wait');
    return deadlines.some(({ name }) => name === wait.deadline)
      ? []
      : finding(
          step,
          `waits for ${wait.for} until the deadline ${wait.deadline}, which is not declared`,
          'declare it in libs/contracts/src/deadlines.ts',
        );
  });

const isAwaited = (step: Step, events: readonly string[]): boolean =>
  step.waits?.some(({ until }) => events.every((event) => until.some((name) => name === event))) ?? false;

/** An external call waits for an answer, and what can be undone is held until something ends the hold. */
const undeclared = (step: Step): readonly Finding[] => {
  const answers: readonly string[] = [...step.outcomes.done, ...(step.outcomes.refused ?? [])];
  const undoneOn: readonly string[] = step.undoneOn ?? [];
  return [
    ...((step.effects ?? []).length === 0 || isAwaited(step, answers)
      ? []
      : [
          finding(
            step,
            `makes an external call, but declares no wait for its answer`,
            `declare a wait until ${answers.map(wordOf).join(' or ')}, with its deadline`,
          ),
        ]),
    ...(step.kind !== 'compensatable' || isAwaited(step, undoneOn)
      ? []
      : [
          finding(
            step,
            `holds something until it is undone, but declares no wait for that`,
            `declare a wait until ${undoneOn.map(wordOf).join(' or ')}, or what makes it final, with its deadline`,
          ),
        ]),
  ];
};

export const waitWithoutDeadline: Rule = (choreography) =>
  choreography.steps.flatMap((step) => [...unbounded(step, choreography), ...undeclared(step)]);
