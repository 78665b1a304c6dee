import { COMPENSATION } from './compensation';
import { DELIVERY } from './delivery';
import { EXTERNALS } from './externals';
import { INFRASTRUCTURE } from './infrastructure';
import { RACES } from './races';
import type { Scenario } from './scenario';

/** Every named scenario, by its number. */
export const SCENARIOS: readonly Scenario[] = [
  ...DELIVERY,
  ...COMPENSATION,
  ...RACES,
  ...EXTERNALS,
  ...INFRASTRUCTURE,
].sort((left, right) => left.number - right.number);
