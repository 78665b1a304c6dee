import { Breaker } from './breaker';

const limits = { callsMax: 8, unclearInARowMax: 3, breakerPauseMs: 100, breakerPauseMaxMs: 300 };
const tripped = (atMs: number): Breaker => {
  const breaker = new Breaker(limits);
  for (let count = 0; count < limits.unclearInARowMax; count++) breaker.unclear(atMs);
  return breaker;
};

describe('the breaker', () => {
  it('lets calls pass while answers are clear now and then', () => {
    const breaker = new Breaker(limits);
    for (let count = 0; count < 10; count++) {
      breaker.unclear(0);
      breaker.unclear(0);
      breaker.clear();
    }
    expect(breaker.callsMax(0)).toBe(8);
  });

  it('pauses all calls after too many unclear answers in a row, then lets one probe', () => {
    const breaker = tripped(0);
    expect(breaker.callsMax(99)).toBe(0);
    expect(breaker.pausedForMs(40)).toBe(60);
    expect(breaker.callsMax(100)).toBe(1);
  });

  it('pauses longer after each failed probe, up to a bound', () => {
    const breaker = tripped(0);
    expect([breaker.unclear(100), breaker.unclear(300), breaker.unclear(600)]).toEqual([200, 300, 300]);
  });

  it('does not pause longer for answers to calls made before', () => {
    const breaker = tripped(0);
    expect(breaker.unclear(50)).toBeUndefined();
    expect(breaker.callsMax(100)).toBe(1);
  });

  it('closes at the first clear answer', () => {
    const breaker = tripped(0);
    breaker.clear();
    expect(breaker.callsMax(0)).toBe(8);
  });
});
