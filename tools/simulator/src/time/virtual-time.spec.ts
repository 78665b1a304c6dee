import { instant } from '@murmuration/kernel';
import { seededChance } from '@murmuration/testing';
import { virtualTime } from './virtual-time';

const START = instant('2026-03-01T09:00:00.000Z');
const FAR_MS = 1_000_000;

const run = (time: ReturnType<typeof virtualTime>): void => {
  while (time.advance(FAR_MS));
};

describe('virtual time', () => {
  it('fires timers in the order of their instants, and of one instant in the order in which they were set', () => {
    const time = virtualTime(START);
    const chance = seededChance('timers');
    const fired: { readonly atMs: number; readonly nth: number }[] = [];
    for (let nth = 0; nth < 500; nth++) {
      const delayMs = chance.integer(0, 50);
      time.after(delayMs, () => fired.push({ atMs: delayMs, nth }));
    }
    run(time);
    const sorted = [...fired].sort((left, right) => left.atMs - right.atMs || left.nth - right.nth);
    expect(fired).toHaveLength(500);
    expect(fired).toEqual(sorted);
  });

  it('stands still while nothing is due, and then is at the instant of what fires', () => {
    const time = virtualTime(START);
    const seen: string[] = [];
    time.after(1_500, () => seen.push(time.now()));
    expect(time.now()).toBe(START);
    expect(time.advance(1_000)).toBe(false);
    expect(time.nowMs()).toBe(1_000);
    expect(time.advance(2_000)).toBe(true);
    expect(seen).toEqual(['2026-03-01T09:00:01.500Z']);
  });

  it('fires nothing that was cancelled, not even by what fires at the same instant', () => {
    const time = virtualTime(START);
    const fired: string[] = [];
    time.after(1, () => cancel());
    const cancel = time.after(1, () => fired.push('cancelled'));
    time.after(2, () => fired.push('kept'));
    run(time);
    expect(fired).toEqual(['kept']);
  });
});
