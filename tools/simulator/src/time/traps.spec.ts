import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { withTraps } from './traps';

const attempt = (work: () => unknown): string => {
  try {
    work();
    return 'went through';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a run under traps', () => {
  it.each<readonly [string, () => unknown]>([
    ['Date.now', () => Date.now()],
    ['new Date()', () => new Date()],
    ['Date()', () => Date()],
    ['Math.random', () => Math.random()],
    ['performance.now', () => performance.now()],
    ['setTimeout', () => setTimeout(() => {}, 0)],
    ['setInterval', () => setInterval(() => {}, 0)],
    ['setImmediate', () => setImmediate(() => {})],
    ['crypto.randomUUID', () => globalThis.crypto.randomUUID()],
    ['randomUUID of node:crypto', () => randomUUID()],
    ['randomBytes of node:crypto', () => randomBytes(1)],
    ['randomInt of node:crypto', () => randomInt(2)],
    ['crypto.getRandomValues', () => globalThis.crypto.getRandomValues(new Uint8Array(1))],
  ])('fails at %s, and tells even when the failure was caught', async (name, work) => {
    const { result, sprung } = await withTraps(async () => attempt(work));
    expect(result).toContain(name);
    expect(sprung).toEqual([name]);
  });

  it('may make a date of an instant', async () => {
    const { result, sprung } = await withTraps(async () => new Date(0).toISOString());
    expect(result).toBe('1970-01-01T00:00:00.000Z');
    expect(sprung).toEqual([]);
  });

  it('leaves everything as it was, also when it fails', async () => {
    await expect(withTraps(() => Promise.reject(new Error('over')))).rejects.toThrow('over');
    expect(Date.now()).toBeGreaterThan(0);
    expect(new Date().getTime()).toBeGreaterThan(0);
    expect(randomUUID()).not.toBe(randomUUID());
  });
});
