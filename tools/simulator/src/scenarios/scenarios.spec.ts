import { withTraps } from '../time/traps';
import { SCENARIOS } from '.';
import { play } from './stage';

/** Some go through hours of the flock's time, which a slow machine beside others takes a minute for. */
jest.setTimeout(180_000);

describe('what must survive', () => {
  it.each(SCENARIOS.map((scenario) => ({ ...scenario })))('$number: $title', async ({ script, stage }) => {
    const { result, sprung } = await withTraps(() => play(script, stage));
    expect(result.failure).toBeUndefined();
    expect(result.findings).toEqual([]);
    expect(sprung).toEqual([]);
    expect(result.held.length).toBeGreaterThan(0);
  });

  it.each([17, 20, 38])('%i is the same run when it is played twice', async (number) => {
    const scenario = SCENARIOS.find((each) => each.number === number);
    if (scenario === undefined) throw new Error(`there is no scenario ${number}`);
    const hashes: string[] = [];
    for (let nth = 0; nth < 2; nth++) {
      const { result } = await withTraps(() => play(scenario.script, scenario.stage));
      hashes.push(`${result.hash} ${result.virtualMs} ${JSON.stringify(result.messages)}`);
    }
    expect(hashes[1]).toBe(hashes[0]);
  });
});
