import {
  ALL_AT_ONCE,
  checkScenario,
  LAST_UNIT,
  MODEL_CHECK,
  modelCheck,
  modelCheckTable,
  ONE_ORDER,
  STATES_MAX,
  walkScenario,
  type Scenario,
} from '.';
import { verbatim, withoutWords } from './actor-state';
import { auditorOf } from './auditor';
import { explore } from './explore';
import { PLANTED_BUGS } from './planted-bugs.fixture';
import { NO_CAPTURE_AFTER_UNDO, NO_DEADLINE_AFTER_RETRY, PLANTED_DEEDS } from './planted-deeds.fixture';
import { REAL_FLOCK } from './rules';
import { worldOf } from './world';

const outcomes = (checked: ReturnType<typeof checkScenario>): readonly string[] => [...checked.outcomes.keys()].sort();

/** Because the tests name scenarios of the list. */
const scenarioNamed = (name: string): Scenario => ONE_ORDER.find((one) => one.name === name)!;

describe('one order under every interleaving', () => {
  it.each(ONE_ORDER)('$name: every run ends, and no state breaks an invariant', (scenario) => {
    const checked = checkScenario(scenario, MODEL_CHECK);
    expect(checked.found).toBeUndefined();
    expect(checked.isExhaustive).toBe(true);
    expect(outcomes(checked)).toEqual([...scenario.endsAs].sort());
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
  it.each([...PLANTED_BUGS, ...PLANTED_DEEDS])('finds that $bug', ({ scenario: name, flaw, flock }) => {
    const scenario = scenarioNamed(name);
    const { found } = checkScenario(scenario, { ...MODEL_CHECK, flock });
    expect(found?.flaw).toMatch(flaw);
    expect(found?.diagram).toMatch(/^sequenceDiagram\n/);
    expect(found?.diagram).toContain(found?.flaw);
  });

  it('finds that nothing ends the wait that an operator asks for', () => {
    const { found } = walkScenario(ALL_AT_ONCE, { ...MODEL_CHECK, flock: NO_DEADLINE_AFTER_RETRY });
    expect(found?.flaw).toMatch(/^I4: /);
  });

  it('finds the reservation that is made twice when two orders want the last unit', () => {
    const { flock } = PLANTED_BUGS.find(({ bug }) => bug.includes('after its release'))!; // because the fixture has it
    expect(walkScenario(LAST_UNIT, { ...MODEL_CHECK, flock }).found?.flaw).toMatch(/I[27]/);
  });
});

describe('what cannot come to pass', () => {
  it('payments never hears of a dispatch when it has given the money back', () => {
    const scenario = { ...scenarioNamed('a card that can only be captured'), isOrdersPrompt: true };
    expect(checkScenario(scenario, { ...MODEL_CHECK, flock: NO_CAPTURE_AFTER_UNDO }).found).toBeUndefined();
  });
});

describe('how a scenario says that its orders end', () => {
  const short = scenarioNamed('one of two lines is short');

  it('is found wrong where a run ends in another way', () => {
    const { found } = checkScenario({ ...short, endsAs: ['rejected'] }, MODEL_CHECK);
    expect(found?.flaw).toBe('I4: a run ends as cancelled');
    expect(found?.diagram).toContain('says order-cancelled');
  });

  it('is found wrong where no run ends so', () => {
    const { found } = checkScenario({ ...short, endsAs: [...short.endsAs, 'completed'] }, MODEL_CHECK);
    expect(found?.flaw).toBe('I4: no run ends as completed, whatever happens');
  });

  it('leaves it open where more goes wrong than it speaks of', () => {
    const bounds = { ...MODEL_CHECK.bounds, giveUpsMax: 1 };
    const { found, outcomes } = checkScenario(
      { ...scenarioNamed('the provider declines'), isOrdersPrompt: true },
      { ...MODEL_CHECK, bounds },
    );
    expect(found).toBeUndefined();
    expect([...outcomes.keys()]).toContain('needs-attention');
  });
});

describe('states that are taken for one', () => {
  it.each(['the provider declines', 'one of two lines is short', 'a card that can only be captured'])(
    'show the rules nothing else than they would apart: %s',
    (name) => {
      const scenario = { ...scenarioNamed(name), isOrdersPrompt: true };
      const searched = (merge: typeof withoutWords) => {
        const world = worldOf(scenario, REAL_FLOCK, MODEL_CHECK.bounds, merge);
        const auditor = auditorOf(world);
        const seen = new Set<string>();
        const { states, outcomes, found, isExhaustive } = explore(
          world,
          {
            ...auditor,
            atAnyTime: (state) => {
              seen.add(auditor.seenIn(state));
              return auditor.atAnyTime(state);
            },
          },
          { statesMax: STATES_MAX },
        );
        expect({ found, isExhaustive }).toEqual({ found: undefined, isExhaustive: true });
        return { states, outcomes: [...outcomes.keys()].sort(), seen: [...seen].sort() };
      };
      const [merged, apart] = [searched(withoutWords), searched(verbatim)];
      expect(apart.states).toBeGreaterThan(merged.states);
      expect(apart.outcomes).toEqual(merged.outcomes);
      expect(apart.seen).toEqual(merged.seen);
    },
  );
});

describe('what a check prints', () => {
  it('has a row for each scenario, with its states and how the orders ended', () => {
    const short = scenarioNamed('one of two lines is short');
    const table = modelCheckTable([checkScenario(short, MODEL_CHECK)]);
    expect(table).toContain(short.name);
    expect(table).toMatch(/\d+ rejected/);
  });

  it('stops at the first scenario that is wrong', () => {
    const { flock } = PLANTED_BUGS[0]!; // because the fixture is not empty
    const checks = modelCheck({ ...MODEL_CHECK, flock });
    expect(checks).toHaveLength(1);
    expect(checks[0]?.found).toBeDefined();
  });
});
