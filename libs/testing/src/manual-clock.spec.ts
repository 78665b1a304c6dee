import { instant } from '@murmuration/kernel';
import { manualClock } from './manual-clock';

describe('a manual clock', () => {
  const start = instant('2026-03-01T09:30:00.000Z');

  it('stands still until it is moved', () => {
    const clock = manualClock(start);
    expect(clock.now()).toBe(start);
    expect(clock.advance(90_500)).toBe('2026-03-01T09:31:30.500Z');
    expect(clock.now()).toBe('2026-03-01T09:31:30.500Z');
    expect(clock.epochMs()).toBe(Date.parse('2026-03-01T09:31:30.500Z'));
  });

  it('advances forward only, but may jump back as a wall clock does', () => {
    const clock = manualClock(start);
    expect(() => clock.advance(-1)).toThrow('0 ms or more');
    clock.jumpTo(instant('2026-03-01T09:25:00.000Z'));
    expect(clock.now()).toBe('2026-03-01T09:25:00.000Z');
  });
});
