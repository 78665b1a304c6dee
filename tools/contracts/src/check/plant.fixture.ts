import type { Deadline, EventContract, Step } from '@murmuration/contracts';
import { declaredChoreography, idOf, type Choreography } from './choreography';

/** What a probe may replace: any part, with values that the declarations' own types would refuse. */
type Planted<Part> = { readonly [Field in keyof Part]?: unknown };

const replace = <Part>(
  parts: readonly Part[],
  isIt: (part: Part) => boolean,
  change: (part: Part) => Planted<Part>,
) => {
  if (!parts.some(isIt)) throw new Error('there is nothing of that name to plant a violation in');
  return parts.map((part) => (isIt(part) ? { ...part, ...change(part) } : part)); // because a probe plants what must not be
};

/** The real declarations with one step changed. */
export const withStep = (id: string, change: (step: Step) => Planted<Step>): Choreography => ({
  ...declaredChoreography,
  steps: replace(declaredChoreography.steps, (step) => idOf(step) === id, change),
});

export const withDeadline = (name: string, change: (deadline: Deadline) => Planted<Deadline>): Choreography => ({
  ...declaredChoreography,
  deadlines: replace(declaredChoreography.deadlines, (deadline) => deadline.name === name, change),
});

export const withEvent = (name: string, change: (event: EventContract) => Planted<EventContract>): Choreography => ({
  ...declaredChoreography,
  events: replace(declaredChoreography.events, (event) => event.name === name, change),
});
