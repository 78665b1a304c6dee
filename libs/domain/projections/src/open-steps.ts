import { STEPS, type IntegrationEventName, type ServiceName, type Step } from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';
import { wordOf } from './heard-order';
import { latestOf, type OrderFacts } from './order-facts';
import { standingOf } from './order-standing';

/** A step that has begun, and whose outcome was not heard. */
export type OpenStep = { readonly service: ServiceName; readonly step: string; readonly since: Instant };

const PARTICIPANTS: readonly (readonly Step[])[] = [STEPS.inventory, STEPS.payments, STEPS.shipping];

type Place = {
  readonly step: Step;
  /** For a step that hears nothing: the one of the same service that must be done before it. */
  readonly after?: Step;
  /** The step that undoes it, or `after` in its place. */
  readonly undo?: Step;
  /** The step that it undoes. */
  readonly undoes?: Step;
};

const placesOf = (steps: readonly Step[]): readonly Place[] => {
  const forward = steps.filter(({ kind }) => kind !== 'note' && kind !== 'compensation');
  return steps.map((step) => {
    const after = step.hears.length === 0 ? forward[forward.indexOf(step) - 1] : undefined;
    const undoneBy = step.undoneBy ?? after?.undoneBy;
    const undo = steps.find(({ name }) => name === undoneBy);
    const undoes = steps.find((candidate) => candidate.undoneBy === step.name);
    return {
      step,
      ...(after === undefined ? {} : { after }),
      ...(undo === undefined ? {} : { undo }),
      ...(undoes === undefined ? {} : { undoes }),
    };
  });
};

const PLACES = PARTICIPANTS.flatMap(placesOf);

/**
 * The steps that one order waits for, as the declared choreography has it: the one that began last comes first. A step is
 * over when its outcome was heard, when it was undone, or when there is nothing to undo.
 */
export const openSteps = (facts: OrderFacts): readonly OpenStep[] => {
  const { status } = standingOf(facts);
  if (status === 'cancelled' || status === 'rejected' || status === 'delivered') return [];
  const open = PLACES.flatMap((place) => {
    const since = beginOf(place, facts);
    if (since === undefined || isOver(place, facts)) return [];
    return [{ service: place.step.service, step: place.step.name, since }];
  }).sort((left, right) => (left.since === right.since ? 0 : left.since < right.since ? 1 : -1));
  const since = latestOf(facts);
  // When all have spoken, it is for orders to draw the conclusion.
  return open.length === 0 && since !== undefined ? [{ service: 'orders', step: 'follow-progress', since }] : open;
};

const beginOf = ({ step, after }: Place, facts: OrderFacts): Instant | undefined =>
  earliestOf(after?.outcomes.done ?? step.hears, facts);

const isOver = ({ step, undo, undoes }: Place, facts: OrderFacts): boolean => {
  const { done, refused = [] } = step.outcomes;
  if (done.length === 0) return true;
  if (earliestOf([...done, ...refused], facts) !== undefined) return true;
  if (undo !== undefined && earliestOf(undo.outcomes.done, facts) !== undefined) return true;
  return earliestOf(undoes?.outcomes.refused ?? [], facts) !== undefined;
};

const earliestOf = (names: readonly IntegrationEventName[], facts: OrderFacts): Instant | undefined =>
  names.reduce<Instant | undefined>((earliest, name) => {
    const at = facts[wordOf(name)]?.at;
    return at !== undefined && (earliest === undefined || at < earliest) ? at : earliest;
  }, undefined);
