import { eventually } from './eventually';

const soon = { timeoutMs: 60, intervalMs: 1 };

describe('eventually', () => {
  it('asks again until the answer is truthy, and returns it', async () => {
    let asked = 0;
    await expect(eventually(() => (++asked === 3 ? 'third' : ''), soon)).resolves.toBe('third');
  });

  it('takes an exception as "not yet"', async () => {
    let asked = 0;
    const question = (): Promise<number> =>
      ++asked < 3 ? Promise.reject(new Error('not there')) : Promise.resolve(asked);
    await expect(eventually(question, soon)).resolves.toBe(3);
  });

  it('says what it waited for and what the last answer was', async () => {
    await expect(eventually(() => 0, { ...soon, expectation: 'two replicas' })).rejects.toThrow(
      'expected two replicas within 60 ms; the last answer was 0',
    );
  });

  it('keeps the last failure as the cause', async () => {
    const failure = new Error('connection refused');
    await expect(eventually(() => Promise.reject(failure), soon)).rejects.toMatchObject({
      message: expect.stringContaining('connection refused') as string,
      cause: failure,
    });
  });
});
