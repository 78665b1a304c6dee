import type { Step } from '@murmuration/contracts';
import { idOf, type Choreography } from './choreography';

/** One thing that is wrong with a choreography: a sentence, the place, and what mends it. */
export type Finding = {
  readonly rule: string;
  readonly sentence: string;
  readonly place: string;
  readonly mend: string;
};

export type Rule = (choreography: Choreography) => readonly Finding[];

export const placeOfEvent = (event: string): string => `libs/contracts, event ${event}`;

export const placeOfStep = (step: Pick<Step, 'service' | 'name'>): string =>
  `libs/contracts/src/${step.service}.steps.ts, step ${idOf(step)}`;

export const placeOfDeadline = (name: string): string => `libs/contracts/src/deadlines.ts, deadline ${name}`;
