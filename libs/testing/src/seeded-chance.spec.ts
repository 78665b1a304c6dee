import { seededChance } from './seeded-chance';

const drawsOf = (seed: string | number, count = 5): number[] => {
  const chance = seededChance(seed);
  return Array.from({ length: count }, () => chance.next());
};

describe('seeded chance', () => {
  it('repeats itself from the same seed and differs for another', () => {
    expect(drawsOf(7)).toEqual(drawsOf('7'));
    expect(drawsOf(7)).not.toEqual(drawsOf(8));
  });

  it('spreads its draws evenly over 0 to 1', () => {
    const draws = drawsOf('even', 100_000);
    const tenths = new Array<number>(10).fill(0);
    for (const draw of draws) tenths[Math.floor(draw * 10)]!++;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('draws whole numbers from the lower bound and below the upper one', () => {
    const chance = seededChance('dice');
    const faces = new Set(Array.from({ length: 500 }, () => chance.integer(1, 7)));
    expect([...faces].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => chance.integer(3, 3)).toThrow('exists');
  });

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = seededChance('cards').shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((left, right) => left - right)).toEqual(items);
  });

  it('gives each part of a test draws of its own', () => {
    const whole = seededChance('run');
    const before = whole.fork('network').next();
    whole.next();
    expect(whole.fork('network').next()).toBe(before);
    expect(whole.fork('disk').next()).not.toBe(before);
  });

  it('makes UUIDs of version 4 that do not repeat', () => {
    const chance = seededChance('ids');
    const ids = Array.from({ length: 1_000 }, () => chance.uuid());
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
