import { CHANGE } from './change';
import { COMPENSATION } from './compensation';
import { DELIVERY } from './delivery';
import { EXTERNALS } from './externals';
import { INFRASTRUCTURE } from './infrastructure';
import { INPUT } from './input';
import { RACES } from './races';
import type { Scenario } from './scenario';
import { TIME_AND_SCALE } from './time-and-scale';

/** Every named scenario, by its number. */
export const SCENARIOS: readonly Scenario[] = [
  ...[...DELIVERY, ...COMPENSATION, ...RACES, ...EXTERNALS, ...INFRASTRUCTURE, ...INPUT, ...CHANGE, ...TIME_AND_SCALE],
].sort((left, right) => left.number - right.number);
