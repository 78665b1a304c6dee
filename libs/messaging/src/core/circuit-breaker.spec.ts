import { circuitBreaker } from './circuit-breaker';

const setUp = () => {
  const told: string[] = [];
  const breaker = circuitBreaker({
    chance: () => 0,
    listener: {
      breakerOpened: ({ keysFailing }) => void told.push(`opened: ${keysFailing}`),
      breakerClosed: ({ probes }) => void told.push(`closed: ${probes}`),
    },
  });
  return { breaker, told };
};
const error = new Error('no route');
const always = (): boolean => true;
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the circuit breaker', () => {
  it('lets everybody work at once while it is closed', async () => {
    const { breaker } = setUp();
    await expect(Promise.all([breaker.turn('a', always), breaker.turn('b', always)])).resolves.toEqual([0, 0]);
  });

  it('opens when the database is away, lets one place at a time probe with growing pauses, and closes when one works', async () => {
    const { breaker, told } = setUp();
    breaker.away('a', error);
    expect(breaker.isOpen()).toBe(true);
    await expect(breaker.turn('a', always)).resolves.toBe(50);
    const turns: string[] = [];
    const others = ['b', 'c'].map(async (place) => turns.push(`${place}: ${await breaker.turn(place, always)}`));
    await soon();
    expect(turns).toEqual([]);
    breaker.away('a', error);
    await soon();
    expect(turns).toEqual(['b: 100']);
    breaker.worked();
    await Promise.all(others);
    expect(turns).toEqual(['b: 100', 'c: 0']);
    expect(told).toEqual(['opened: 0', 'closed: 2']);
  });

  it('hands the turn over when the place that has it leaves', async () => {
    const { breaker } = setUp();
    breaker.away('a', error);
    await breaker.turn('a', always);
    const other = breaker.turn('b', always);
    breaker.leave('a');
    await expect(other).resolves.toBeGreaterThan(0);
  });

  it('lets a place go that gives up waiting, and gives it no turn', async () => {
    const { breaker } = setUp();
    let wanted = true;
    breaker.away('a', error);
    await breaker.turn('a', always);
    const other = breaker.turn('b', () => wanted);
    wanted = false;
    breaker.leave('b');
    await expect(other).resolves.toBe(0);
    await expect(breaker.turn('a', always)).resolves.toBe(100);
  });

  it('takes the fault for the record’s own as long as few keys fail, and for the database’s when many do', () => {
    const { breaker, told } = setUp();
    expect([breaker.keyFailed('a', 'k1', error), breaker.keyFailed('a', 'k1', error)]).toEqual([false, false]);
    expect(breaker.keyFailed('b', 'k1', error)).toBe(false);
    expect(breaker.keyFailed('a', 'k2', error)).toBe(true);
    expect(breaker.isOpen()).toBe(true);
    expect(told).toEqual(['opened: 3']);
  });

  it('closes as soon as anything is stored when the database was away, and not for that when many keys fail', () => {
    const { breaker } = setUp();
    breaker.away('a', error);
    breaker.answered();
    expect(breaker.isOpen()).toBe(false);
    for (const key of ['k1', 'k2', 'k3']) breaker.keyFailed('a', key, error);
    breaker.answered();
    expect(breaker.isOpen()).toBe(true);
  });

  it('forgets which keys failed once anything works', () => {
    const { breaker } = setUp();
    for (const key of ['k1', 'k2', 'k3', 'k4']) {
      expect(breaker.keyFailed('a', key, error)).toBe(false);
      breaker.worked();
    }
    expect(breaker.isOpen()).toBe(false);
  });

  it('names what was parked on trial when all had failed, and only then', () => {
    const { breaker } = setUp();
    breaker.parkedOnTrial('a', 'k0', 'guilty');
    expect(breaker.worked()).toEqual([]);
    for (const key of ['k1', 'k2', 'k3']) breaker.keyFailed('a', key, error);
    breaker.parkedOnTrial('a', 'k3', 'innocent');
    expect(breaker.worked()).toEqual(['innocent']);
    expect(breaker.worked()).toEqual([]);
  });

  it('closes when all failing keys but two were parked, and opens again when another one fails', () => {
    const { breaker, told } = setUp();
    for (const key of ['k1', 'k2', 'k3', 'k4']) breaker.keyFailed('a', key, error);
    breaker.parkedOnTrial('a', 'k1', 'r1');
    expect(breaker.isOpen()).toBe(true);
    breaker.parkedOnTrial('a', 'k2', 'r2');
    expect(breaker.isOpen()).toBe(false);
    expect(breaker.keyFailed('a', 'k5', error)).toBe(true);
    breaker.parkedOnTrial('a', 'k5', 'r5');
    expect(told).toEqual(['opened: 3', 'closed: 0', 'opened: 3', 'closed: 0']);
    expect(breaker.worked()).toEqual(['r1', 'r2', 'r5']);
  });

  it('gives a record ever more time, within bounds, the more were parked since anything worked', () => {
    const { breaker } = setUp();
    const patience = Array.from({ length: 9 }, (_, trial) => {
      const before = breaker.patience();
      breaker.parkedOnTrial('a', `k${trial}`, `r${trial}`);
      return before;
    });
    expect(patience).toEqual([1, 1, 1, 2, 4, 8, 16, 32, 32]);
    breaker.worked();
    expect(breaker.patience()).toBe(1);
  });
});
