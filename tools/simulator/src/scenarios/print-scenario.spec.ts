import { playScenario } from './print-scenario';
import type { Scenario } from './scenario';

const scenario = (script: Scenario['script']): Scenario => ({ number: 99, title: 'An order', script });

describe('a played scenario', () => {
  it('is drawn with its messages, its troubles and what held', async () => {
    const { lines, ok } = await playScenario(
      scenario(async ({ place, arm, until, isStruck, rest }) => {
        arm('answer lost', /authorize:/);
        await place();
        await until('the answer is lost', isStruck);
        await rest();
      }),
    );
    const text = lines.join('\n');
    expect(ok).toBe(true);
    expect(text).toContain('99. An order');
    expect(text).toContain('sequenceDiagram');
    expect(text).toMatch(/note over p3: \d+ ms .*answer lost at payments-1/);
    expect(text).toMatch(/p1-\)p2: \d+ ms order 1: order-submitted/);
    expect(text).toContain('held: the answer is lost');
    expect(text).toContain('held: all invariants hold at rest');
  });

  it('can be listed instead', async () => {
    const { lines } = await playScenario(
      scenario(({ place, rest }) => place().then(rest)),
      'trace',
    );
    expect(lines.join('\n')).toMatch(/\d+ ms {2}orders → inventory: order-submitted \(order 1\)/);
  });

  it('says what did not hold', async () => {
    const { lines, ok } = await playScenario(scenario(async ({ expect: hold }) => hold('pigs fly', false)));
    expect(ok).toBe(false);
    expect(lines).toContain('  BROKEN: not so: pigs fly');
  });
});
