import { CHANGE } from './change';
import { COMPENSATION } from './compensation';
import { DELIVERY } from './delivery';
import { EXTERNALS } from './externals';
import { INFRASTRUCTURE } from './infrastructure';
import { INPUT } from './input';
import { OVERLOAD } from './overload';
import { RACES } from './races';
import type { ListedScenario, Scenario } from './scenario';
import { TIME_AND_SCALE } from './time-and-scale';

export { playScenario, type Played, type PrintAs } from './print-scenario';
export { scenarioTable } from './scenario-table';
export type { ListedScenario, Scenario } from './scenario';

const FILES: Readonly<Record<string, readonly Scenario[]>> = {
  ...{ delivery: DELIVERY, compensation: COMPENSATION, races: RACES, externals: EXTERNALS },
  ...{
    infrastructure: INFRASTRUCTURE,
    overload: OVERLOAD,
    input: INPUT,
    change: CHANGE,
    'time-and-scale': TIME_AND_SCALE,
  },
};

/** Every named scenario, by its number. */
export const SCENARIOS: readonly ListedScenario[] = Object.entries(FILES)
  .flatMap(([file, scenarios]) => scenarios.map((scenario) => ({ ...scenario, file })))
  .sort((left, right) => left.number - right.number);
