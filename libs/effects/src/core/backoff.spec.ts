import { backoffMs } from './backoff';

describe('backoff', () => {
  it('doubles with each attempt up to a bound', () => {
    expect([1, 2, 3, 4, 100].map((attempts) => backoffMs(attempts, 100, 500, 1))).toEqual([100, 200, 400, 500, 500]);
  });

  it('leaves one half to chance', () => {
    expect(backoffMs(3, 100, 500, 0)).toBe(200);
    expect(backoffMs(3, 100, 500, 0.5)).toBe(300);
  });
});
