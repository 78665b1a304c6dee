import { decisionsOf } from './decisions';
import type { Fault } from './faults';

const PROBABILITIES = new Map<Fault, number>([
  ['send lost', 0.3],
  ['bell lost', 1],
]);

const made = (seed: number, only?: ReadonlySet<string>) =>
  decisionsOf({ seed, probabilities: PROBABILITIES, nowMs: () => 0, ...(only === undefined ? {} : { only }) });

const SITES = Array.from({ length: 1_000 }, (_, nth) => `site ${nth % 10}`);

describe('decisions', () => {
  it('are the same for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const decisions = made(seed);
      return SITES.map((site) => decisions.strikes('send lost', site));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('of one site do not depend on what other sites draw', () => {
    const alone = made(1);
    const among = made(1);
    const expected = Array.from({ length: 50 }, () => alone.draw('mine'));
    const drawn = expected.map(() => {
      among.draw('theirs');
      return among.draw('mine');
    });
    expect(drawn).toEqual(expected);
  });

  it('strike as often as their probability says, and never where a fault has none', () => {
    const decisions = made(1);
    const struck = SITES.filter((site) => decisions.strikes('send lost', site)).length;
    expect(struck).toBeGreaterThan(230);
    expect(struck).toBeLessThan(370);
    expect(SITES.some((site) => decisions.strikes('slow answer', site))).toBe(false);
    expect(decisions.struck().get('send lost')).toBe(struck);
  });

  it('strike no more once healed', () => {
    const decisions = made(1);
    expect(decisions.strikes('bell lost', 'here')).toBe(true);
    decisions.heal();
    expect(decisions.strikes('bell lost', 'here')).toBe(false);
  });

  it('are only taken where they may be, each under the name that it has in the whole run', () => {
    const whole = made(1);
    for (const site of SITES) whole.strikes('send lost', site);
    const kept = whole.taken().filter((_, nth) => nth % 3 === 0);
    const part = made(1, new Set(kept.map(({ id }) => id)));
    for (const site of SITES) part.strikes('send lost', site);
    expect(part.taken()).toEqual(kept);
  });
});
