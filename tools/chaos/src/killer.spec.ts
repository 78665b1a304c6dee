import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually, seededChance } from '@murmuration/testing';
import { killByPlan, killPlan, type KillerOptions, type PlannedKill } from './killer';

const UNITS = ['postgres', 'broker', 'orders', 'payments'];

const take = (count: number, seed: number, units: readonly string[] = UNITS): readonly PlannedKill[] => {
  const plan = killPlan(seededChance(seed), units);
  return Array.from({ length: count }, () => plan.next().value as PlannedKill);
};

describe('the plan of the kills', () => {
  it('is the same for the same seed, however the units are listed', () => {
    expect(take(20, 7)).toEqual(take(20, 7, [...UNITS].reverse()));
  });

  it('is another one for another seed', () => {
    expect(take(20, 7)).not.toEqual(take(20, 8));
  });

  it('spares nobody: every unit is killed once in each round', () => {
    const kills = take(12, 7).map(({ unit }) => unit);
    for (const round of [0, 1, 2]) expect(kills.slice(round * 4, round * 4 + 4).sort()).toEqual([...UNITS].sort());
  });

  it('leaves a calm of at least 1.5 and at most 6 seconds before each kill', () => {
    for (const { calmMs } of take(50, 7)) {
      expect(calmMs).toBeGreaterThanOrEqual(1_500);
      expect(calmMs).toBeLessThanOrEqual(6_000);
    }
  });
});

/** Processes that do nothing but live; a killed one is followed by a new one when it is told to. */
class Flock {
  readonly children = new Map<string, ChildProcess>();

  start(unit: string): void {
    this.children.set(unit, spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' }));
  }

  pids = (): Record<string, number> =>
    Object.fromEntries(
      [...this.children].flatMap(([unit, { pid, exitCode, signalCode }]) =>
        pid === undefined || exitCode !== null || signalCode !== null ? [] : [[unit, pid]],
      ),
    );

  async end(): Promise<void> {
    for (const child of this.children.values()) child.kill('SIGKILL');
    await eventually(() => Object.keys(this.pids()).length === 0);
  }
}

describe('the killer', () => {
  let flock: Flock;
  beforeEach(() => {
    flock = new Flock();
  });
  afterEach(() => flock.end());

  const killer = (plan: readonly PlannedKill[], options: Partial<KillerOptions> = {}) => {
    const ending = new AbortController();
    const told: string[] = [];
    const running = killByPlan({
      plan: plan[Symbol.iterator](),
      pids: flock.pids,
      isWell: () => Promise.resolve(true),
      killing: (unit) => told.push(`kill ${unit}`),
      isBack: (unit) => told.push(`${unit} is back`),
      signal: ending.signal,
      wellPollMs: 1,
      ...options,
    });
    return { ending, told, running };
  };

  it('kills one process at a time, and the next one only when all is well again', async () => {
    for (const unit of ['orders', 'payments']) flock.start(unit);
    const [orders] = [flock.children.get('orders')];
    let isWell = false;
    const { told, running } = killer(
      [
        { unit: 'orders', calmMs: 1 },
        { unit: 'payments', calmMs: 1 },
      ],
      { isWell: () => Promise.resolve(isWell) },
    );
    if (orders) expect(await once(orders, 'exit')).toEqual([null, 'SIGKILL']);
    flock.start('orders');
    expect(told).toEqual(['kill orders']);
    isWell = true;
    await eventually(() => told.length === 3);
    flock.start('payments');
    const kills = await running;
    expect(told).toEqual(['kill orders', 'orders is back', 'kill payments', 'payments is back']);
    expect(kills.map(({ unit, backAfterMs }) => [unit, typeof backAfterMs])).toEqual([
      ['orders', 'number'],
      ['payments', 'number'],
    ]);
  });

  it('does not take the others’ health for that of the killed one, before there is a new process', async () => {
    flock.start('orders');
    let looks = 0;
    const { told, running } = killer([{ unit: 'orders', calmMs: 1 }], {
      isWell: () => {
        looks += 1;
        return Promise.resolve(true);
      },
    });
    await eventually(() => Object.keys(flock.pids()).length === 0);
    expect(looks).toBe(0);
    flock.start('orders');
    await running;
    expect(told).toContain('orders is back');
  });

  it('stops at once when it is told to in a calm', async () => {
    flock.start('orders');
    const { ending, told, running } = killer([{ unit: 'orders', calmMs: 60_000 }]);
    ending.abort();
    await expect(running).resolves.toEqual([]);
    expect(told).toEqual([]);
  });

  it('stops waiting when it is told to, and counts the kill whose end it did not see', async () => {
    flock.start('orders');
    const { ending, told, running } = killer([{ unit: 'orders', calmMs: 1 }]);
    await eventually(() => told.length === 1);
    ending.abort();
    await expect(running).resolves.toEqual([{ unit: 'orders' }]);
  });

  it('passes over a unit that is down by itself', async () => {
    flock.start('payments');
    const { told, running } = killer([
      { unit: 'orders', calmMs: 1 },
      { unit: 'payments', calmMs: 1 },
    ]);
    await eventually(() => told.length === 1);
    await eventually(() => Object.keys(flock.pids()).length === 0);
    flock.start('payments');
    await running;
    expect(told).toEqual(['kill payments', 'payments is back']);
  });
});
