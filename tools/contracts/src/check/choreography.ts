import { DEADLINES, EVENTS, STEPS, type Deadline, type EventContract, type Step } from '@murmuration/contracts';

/** All that is declared, as a value: what is checked and drawn, and what a probe plants its violation in. */
export type Choreography = {
  readonly events: readonly EventContract[];
  readonly steps: readonly Step[];
  readonly deadlines: readonly Deadline[];
};

export const declaredChoreography: Choreography = {
  events: EVENTS,
  steps: Object.values(STEPS).flatMap((steps): readonly Step[] => steps),
  deadlines: DEADLINES,
};

/** `payments.undo-payment`: unique among all steps. */
export const idOf = ({ service, name }: Pick<Step, 'service' | 'name'>): string => `${service}.${name}`;

/** Everything that a step says of its own accord. */
export const saidBy = ({ outcomes, besides = [] }: Step): readonly string[] => [
  ...new Set<string>([...outcomes.done, ...(outcomes.refused ?? []), ...(outcomes.unknown ?? []), ...besides]),
];

/** `order-submitted` of `orders.order-submitted.v1`. */
export const wordOf = (event: string): string => event.split('.')[1] ?? event;

export const serviceOf = (event: string): string => event.split('.')[0] ?? event;

export const hearersOf = ({ steps }: Choreography, event: string): readonly Step[] =>
  steps.filter(({ hears }) => hears.some((name) => name === event));
