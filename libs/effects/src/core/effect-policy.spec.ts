import type { QueryOutcome } from '@murmuration/kernel';
import { nextStep } from './effect-policy';

const limits = { backoffMs: 100, backoffMaxMs: 1_000, budgetMs: 10_000 };
const after = (answer: QueryOutcome<string>, ageMs = 0, attempts = 1) =>
  nextStep(answer, { attempts, ageMs, chance: 1 }, limits);

describe('what follows from an answer', () => {
  it('settles what is done', () => {
    const done = { outcome: 'done', result: 'r-1' } as const;
    expect(after(done)).toEqual({ do: 'settle', outcome: done });
  });

  it('settles what is refused', () => {
    const refused = { outcome: 'refused', reason: 'declined' } as const;
    expect(after(refused)).toEqual({ do: 'settle', outcome: refused });
  });

  it('asks by key after a pause when the outcome is unknown', () => {
    expect(after({ outcome: 'unknown', reason: 'timeout' }, 0, 2)).toEqual({
      ...{ do: 'query', afterMs: 200, reason: 'timeout' },
    });
  });

  it('performs again at once what the other side never heard of', () => {
    expect(after({ outcome: 'not-found' })).toMatchObject({ do: 'perform', afterMs: 0 });
  });

  it('performs again after a pause what surely did not happen', () => {
    expect(after({ outcome: 'not-yet', reason: 'busy' }, 0, 3)).toEqual({
      do: 'perform',
      afterMs: 400,
      reason: 'busy',
    });
  });

  it.each([
    { outcome: 'unknown', reason: 'x' },
    { outcome: 'not-yet', reason: 'x' },
    { outcome: 'not-found' },
  ] as const)('gives up after the time budget, on $outcome too', (answer) => {
    expect(after(answer, 10_000)).toMatchObject({ do: 'settle', outcome: { outcome: 'gave-up' } });
  });

  it('takes a clear answer also after the time budget', () => {
    expect(after({ outcome: 'done', result: 'r' }, 99_999)).toMatchObject({ outcome: { outcome: 'done' } });
  });
});
