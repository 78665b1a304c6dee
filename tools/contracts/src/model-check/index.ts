import { auditorOf } from './auditor';
import { explore, type Exploration, type Progress } from './explore';
import { drawnRun } from './found-run';
import { BOUNDS, type Bounds } from './moves';
import { REAL_FLOCK, type Flock } from './rules';
import { ALL_AT_ONCE, LAST_UNIT, ONE_ORDER, type Scenario } from './scenarios';
import { walk } from './walk';
import { worldOf } from './world';

export { BOUNDS, type Bounds } from './moves';
export * from './report';
export { REAL_FLOCK, ruleBook, type Flock, type RuleBook, type Rules } from './rules';
export { ALL_AT_ONCE, LAST_UNIT, ONE_ORDER, type Scenario } from './scenarios';

export const STATES_MAX = 20_000_000;
/** How far two orders are searched breadth first. */
export const TWO_ORDERS_STATES_MAX = 150_000;
/** How many whole runs are drawn by chance where not every state can be visited. */
export const RUNS = 3_000;

export type ModelCheckOptions = {
  readonly orders: 1 | 2;
  readonly bounds: Bounds;
  readonly statesMax?: number | undefined;
  /** Whole runs drawn by chance, where not every state can be visited. */
  readonly runs?: number | undefined;
  readonly seed: number;
  readonly flock?: Flock;
  readonly onProgress?: (scenario: string, ...progress: Parameters<Progress>) => void;
};

export const MODEL_CHECK: ModelCheckOptions = { orders: 1, bounds: BOUNDS, seed: 1 };

/** What one search came to; `diagram` shows the run that was found, if one was. */
export type Checked = Omit<Exploration, 'found'> & {
  readonly scenario: string;
  readonly seconds: number;
  readonly found?: { readonly flaw: string; readonly diagram: string };
};

/** Checks one scenario by visiting its states, all of them unless `statesMax` comes first. */
export const checkScenario = (
  scenario: Scenario,
  { bounds, statesMax = STATES_MAX, flock = REAL_FLOCK, onProgress }: ModelCheckOptions,
): Checked => {
  const world = worldOf(scenario, flock, bounds);
  return timed(scenario.name, world, () =>
    explore(world, auditorOf(world, endsWithin(bounds)), {
      statesMax,
      onProgress: (states, waiting) => onProgress?.(scenario.name, states, waiting),
    }),
  );
};

/** Checks a scenario along whole runs drawn from the seed. */
export const walkScenario = (
  scenario: Scenario,
  { bounds, runs = RUNS, seed, flock = REAL_FLOCK }: ModelCheckOptions,
): Checked => {
  const world = worldOf(scenario, flock, bounds);
  return timed(`${scenario.name}: ${runs} whole runs`, world, () =>
    walk(world, auditorOf(world, endsWithin(bounds)), { runs, seed }),
  );
};

/** Scenarios say how their orders end when as much goes wrong as they speak of. */
const endsWithin = ({ giveUpsMax }: Bounds) => ({ isAnyEndAllowed: giveUpsMax > BOUNDS.giveUpsMax });

/**
 * Checks every scenario of one order, exhaustively within the bounds, and whole runs with all troubles at once; or two orders for
 * one last unit, breadth first as far as the bound on states and then along whole runs. Stops at the first that is wrong.
 */
export const modelCheck = (options: ModelCheckOptions): readonly Checked[] => {
  const searches =
    options.orders === 1
      ? [
          ...ONE_ORDER.map((scenario) => () => checkScenario(scenario, options)),
          () => walkScenario(ALL_AT_ONCE, options),
        ]
      : [
          () => checkScenario(LAST_UNIT, { ...options, statesMax: options.statesMax ?? TWO_ORDERS_STATES_MAX }),
          () => walkScenario(LAST_UNIT, options),
        ];
  const done: Checked[] = [];
  for (const search of searches) {
    const checked = search();
    done.push(checked);
    if (checked.found !== undefined) break;
  }
  return done;
};

const timed = (scenario: string, world: ReturnType<typeof worldOf>, search: () => Exploration): Checked => {
  const startedMs = performance.now();
  const { found, ...exploration } = search();
  const seconds = (performance.now() - startedMs) / 1000;
  const drawn = found && { found: { flaw: found.flaw.text, diagram: drawnRun(world, found) } };
  return { scenario, seconds, ...exploration, ...drawn };
};
