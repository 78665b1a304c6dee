import { STEPS, type IntegrationEventName, type ServiceName, type Step } from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';
import { wordOf, type OrderWord } from './heard-order';
import { knows, latestOf, type OrderFacts } from './order-facts';

/** A step that has begun, and whose outcome was not heard. */
export type OpenStep = { readonly service: ServiceName; readonly step: string; readonly since: Instant };

/** The words between which a step is open. */
type Span = {
  readonly service: ServiceName;
  readonly step: string;
  readonly begins: readonly OrderWord[];
  readonly ends: readonly OrderWord[];
};

const wordsOf = (names: readonly IntegrationEventName[] = []): readonly OrderWord[] => names.map(wordOf);

/**
 * A step begins with a word that it hears; one that hears nothing, when the step before it in its service is done. It is over when
 * its outcome was said, when it was undone, or when what it would undo was refused.
 */
const spansOf = (steps: readonly Step[]): readonly Span[] => {
  const forward = steps.filter(({ kind }) => kind !== 'note' && kind !== 'compensation');
  const waiting = steps.filter(({ outcomes }) => outcomes.done.length > 0);
  return waiting.map((step) => {
    const before = step.hears.length === 0 ? forward[forward.indexOf(step) - 1] : undefined;
    const undo = steps.find(({ name }) => name === (step.undoneBy ?? before?.undoneBy));
    const undone = steps.find(({ undoneBy }) => undoneBy === step.name);
    return {
      service: step.service,
      step: step.name,
      begins: wordsOf(before?.outcomes.done ?? step.hears),
      ends: [
        ...wordsOf(step.outcomes.done),
        ...wordsOf(step.outcomes.refused),
        ...wordsOf(undo?.outcomes.done),
        ...wordsOf(undone?.outcomes.refused),
      ],
    };
  });
};

const SPANS: readonly Span[] = [STEPS.inventory, STEPS.payments, STEPS.shipping].flatMap(spansOf);

/** The steps that one order waits for, as the declared choreography has it: the one that began last comes first. */
export const openSteps = (facts: OrderFacts, isSettledByHand = false): readonly OpenStep[] => {
  if (knows(facts, 'order-cancelled', 'order-rejected', 'order-delivered')) return [];
  // Of an order that was settled by hand the parcel alone is still on its way.
  const open = SPANS.filter(({ service }) => !isSettledByHand || service === 'shipping')
    .flatMap(({ service, step, begins, ends }) => {
      const since = earliestOf(begins, facts);
      return since === undefined || earliestOf(ends, facts) !== undefined ? [] : [{ service, step, since }];
    })
    .sort((left, right) => (left.since === right.since ? 0 : left.since < right.since ? 1 : -1));
  const since = latestOf(facts);
  // When all have spoken, it is for orders to draw the conclusion.
  return open.length === 0 && since !== undefined ? [{ service: 'orders', step: 'follow-progress', since }] : open;
};

const earliestOf = (words: readonly OrderWord[], facts: OrderFacts): Instant | undefined =>
  words.reduce<Instant | undefined>((earliest, word) => {
    const at = facts[word]?.at;
    return at !== undefined && (earliest === undefined || at < earliest) ? at : earliest;
  }, undefined);
