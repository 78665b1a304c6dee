import { attemptKey, attemptOf, isAhead } from './effect-call';

describe('the key of an attempt', () => {
  it.each([
    [1, 'void:o-1'],
    [2, 'void:o-1#2'],
    [10, 'void:o-1#10'],
  ])('tells attempt %i, and the first one has the plain key', (attempt, key) => {
    expect(attemptKey('void:o-1', attempt)).toBe(key);
    expect(attemptOf(key)).toEqual({ plainKey: 'void:o-1', attempt });
  });

  it.each(['void:o-1#', 'void:o-1#x', 'void:o-1#-1', 'void:o-1#9999999999'])(
    '%s is ahead of every attempt, since nobody made such a call',
    (key) => expect(isAhead(key, { attempt: 1_000_000 })).toBe(true),
  );

  it('is ahead only of attempts before its own', () => {
    expect([1, 2, 3].map((attempt) => isAhead('void:o-1#2', { attempt }))).toEqual([true, false, false]);
  });
});
