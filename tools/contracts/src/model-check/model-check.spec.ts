import {
  ALL_AT_ONCE,
  checkScenario,
  LAST_UNIT,
  MODEL_CHECK,
  modelCheck,
  modelCheckTable,
  ONE_ORDER,
  walkScenario,
} from '.';
import { PLANTED_BUGS } from './planted-bugs.fixture';

const outcomes = (checked: ReturnType<typeof checkScenario>): readonly string[] => [...checked.outcomes.keys()].sort();

const ENDS: Readonly<Record<string, readonly string[]>> = {
  // The authorisation runs out between the dispatch and the capture.
  'all goes well': ['cancelled', 'completed', 'delivered', 'needs-attention'],
  'a card that can only be captured': ['cancelled', 'completed', 'delivered'],
  'the provider declines': ['cancelled'],
  'the carrier refuses': ['cancelled'],
  'captured only, then refused by the carrier': ['cancelled'],
  'the partners fall silent, orders hears at once': ['cancelled', 'completed', 'delivered', 'needs-attention'],
  'the provider falls silent, operators step in, orders hears at once': [
    ...['cancelled', 'completed', 'delivered', 'needs-attention'],
  ],
  'the carrier falls silent, operators step in, orders hears at once': [
    ...['cancelled', 'completed', 'delivered', 'needs-attention'],
  ],
  // Cancelled when the cancellation overtakes the order on its way to inventory.
  'one of two lines is short': ['cancelled', 'rejected'],
};

describe('one order under every interleaving', () => {
  it.each(ONE_ORDER)('$name: every run ends, and no state breaks an invariant', (scenario) => {
    const checked = checkScenario(scenario, MODEL_CHECK);
    expect(checked.found).toBeUndefined();
    expect(checked.isExhaustive).toBe(true);
    expect(outcomes(checked)).toEqual(ENDS[scenario.name]);
  });
});

describe('one order with all troubles and all helpers at once', () => {
  it('ends in every run that was drawn, and no state on the way breaks an invariant', () => {
    const walked = walkScenario(ALL_AT_ONCE, { ...MODEL_CHECK, runs: 300 });
    expect(walked.found).toBeUndefined();
    expect(outcomes(walked)).toEqual(['cancelled', 'delivered', 'needs-attention']);
  });
});

describe('two orders for one last unit', () => {
  it('no state within the bound breaks an invariant', () => {
    const checked = checkScenario(LAST_UNIT, { ...MODEL_CHECK, statesMax: 20_000 });
    expect(checked.found).toBeUndefined();
    expect(checked.isExhaustive).toBe(false);
    expect(checked.states).toBeGreaterThanOrEqual(20_000);
  });

  it('whole runs end with at most one of them fulfilled, the same runs for the same seed', () => {
    const walks = [1, 1].map((seed) => walkScenario(LAST_UNIT, { ...MODEL_CHECK, runs: 300, seed }));
    expect(walks.map(({ found }) => found)).toEqual([undefined, undefined]);
    expect(walks[0]?.outcomes).toEqual(walks[1]?.outcomes);
    const ends = outcomes(walks[0]!); // because two were walked
    expect(ends).toEqual(expect.arrayContaining(['delivered and rejected', 'rejected and delivered']));
    expect(ends.filter((end) => /(completed|delivered) and (completed|delivered)/.test(end))).toEqual([]);
  });
});

describe('the teeth of the search', () => {
  it.each(PLANTED_BUGS)('finds that $bug', ({ scenario: name, flaw, flock }) => {
    const scenario = ONE_ORDER.find((one) => one.name === name)!; // because the fixture names scenarios of the list
    const { found } = checkScenario(scenario, { ...MODEL_CHECK, flock });
    expect(found?.flaw).toMatch(flaw);
    expect(found?.diagram).toMatch(/^sequenceDiagram\n/);
    expect(found?.diagram).toContain(found?.flaw);
  });

  it('finds the reservation that is made twice when two orders want the last unit', () => {
    const { flock } = PLANTED_BUGS.find(({ bug }) => bug.includes('after its release'))!; // because the fixture has it
    expect(walkScenario(LAST_UNIT, { ...MODEL_CHECK, flock }).found?.flaw).toMatch(/I[27]/);
  });
});

describe('what a check prints', () => {
  it('has a row for each scenario, with its states and how the orders ended', () => {
    const [smallest] = [ONE_ORDER.at(-1)!]; // because the list is not empty
    const table = modelCheckTable([checkScenario(smallest, MODEL_CHECK)]);
    expect(table).toContain(smallest.name);
    expect(table).toMatch(/\d+ rejected/);
  });

  it('stops at the first scenario that is wrong', () => {
    const { flock } = PLANTED_BUGS[0]!; // because the fixture is not empty
    const checks = modelCheck({ ...MODEL_CHECK, flock });
    expect(checks).toHaveLength(1);
    expect(checks[0]?.found).toBeDefined();
  });
});
