import { eventually } from '@murmuration/testing';
import { StackError } from './stack-error';
import { supervise, type Running, type Unit } from './supervised';

/** A unit whose processes do only what they are told. */
const scriptedUnit = (script: Partial<Pick<Unit, 'start' | 'ready'>> = {}) => {
  const processes: { readonly pid: number; readonly die: (how: string) => void; stops: number }[] = [];
  const start = (): Promise<Running> => {
    const pid = 100 + processes.length;
    let die: (how: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => (die = resolve));
    const process = { pid, die, stops: 0 };
    processes.push(process);
    return Promise.resolve({
      pid,
      ended,
      lastWords: () => `last words of ${pid}`,
      stop: () => {
        process.stops += 1;
        die('SIGTERM');
        return Promise.resolve();
      },
    });
  };
  const unit: Unit = { name: 'orders', start, ready: () => Promise.resolve(), ...script };
  return { unit, processes, start };
};

const newSupervised = (unit: Unit, deathsMax = 3) => {
  const said: string[] = [];
  const failures: StackError[] = [];
  const changes: (number | undefined)[] = [];
  const supervised = supervise(unit, {
    deathsMax,
    say: (line) => said.push(line),
    failed: (error) => failures.push(error),
    changed: () => changes.push(supervised.pid()),
  });
  return { supervised, said, failures, changes };
};

describe('a supervised unit', () => {
  it('is started again when it dies, and that is said', async () => {
    const { unit, processes } = scriptedUnit();
    const { supervised, said, changes } = newSupervised(unit);
    await supervised.start();
    processes[0]?.die('SIGKILL');
    await eventually(() => said.some((line) => line.startsWith('orders is back')));
    expect(said[0]).toBe('orders died (SIGKILL); starting it again in 200 ms');
    expect(changes).toEqual([100, undefined, 101]);
    await supervised.stop();
  });

  it('waits longer after each death', async () => {
    const { unit, processes } = scriptedUnit();
    const { supervised, said } = newSupervised(unit, 10);
    await supervised.start();
    processes[0]?.die('SIGKILL');
    await eventually(() => processes.length === 2);
    processes[1]?.die('exit code 1');
    await eventually(() => said.includes('orders died (exit code 1); starting it again in 400 ms'));
    await supervised.stop();
  });

  it('is given up at the third death within a minute, with its last words', async () => {
    const { unit, processes } = scriptedUnit();
    const { supervised, failures } = newSupervised(unit);
    await supervised.start();
    for (const death of [0, 1, 2]) {
      await eventually(() => processes.length === death + 1);
      processes[death]?.die('SIGSEGV');
    }
    await eventually(() => failures.length > 0);
    expect(failures.map(({ message }) => message)).toEqual([
      'orders died 3 times within a minute, the last time by SIGSEGV: last words of 102',
    ]);
    expect(processes).toHaveLength(3);
  });

  it('counts a start that fails as a death', async () => {
    const { unit, start, processes } = scriptedUnit();
    let starts = 0;
    const failing: Unit = {
      ...unit,
      start: () => (++starts === 1 ? start() : Promise.reject(new StackError('no memory'))),
    };
    const { supervised, said, failures } = newSupervised(failing);
    await supervised.start();
    processes[0]?.die('SIGKILL');
    await eventually(() => failures.length > 0);
    expect(said).toContain('orders did not come back: no memory');
    expect(starts).toBe(3);
  });

  it('rejects with its last words when it dies before it serves', async () => {
    const { unit, processes } = scriptedUnit({ ready: () => new Promise(() => undefined) });
    const { supervised } = newSupervised(unit);
    const started = supervised.start();
    await eventually(() => processes.length === 1);
    processes[0]?.die('exit code 1');
    await expect(started).rejects.toThrow('orders ended before it was ready (exit code 1): last words of 100');
  });

  it('stops looking whether it serves once it has died', async () => {
    let abandoned: AbortSignal | undefined;
    const { unit, processes } = scriptedUnit({
      ready: (_, signal) => {
        abandoned = signal;
        return new Promise(() => undefined);
      },
    });
    const started = newSupervised(unit).supervised.start();
    await eventually(() => processes.length === 1);
    processes[0]?.die('exit code 1');
    await expect(started).rejects.toThrow(StackError);
    expect(abandoned?.aborted).toBe(true);
  });

  it('is stopped also while its process is being made', async () => {
    let made: (running: Running) => void = () => undefined;
    const { unit, start, processes } = scriptedUnit();
    const slow: Unit = { ...unit, start: () => new Promise((resolve) => (made = resolve)) };
    const { supervised } = newSupervised(slow);
    const started = supervised.start();
    const stopped = supervised.stop();
    made(await start());
    await expect(started).rejects.toThrow('orders was stopped before it was ready');
    await stopped;
    expect(processes[0]?.stops).toBe(1);
  });

  it('stays down once it is stopped, also when it had just died', async () => {
    const { unit, processes } = scriptedUnit();
    const { supervised, said } = newSupervised(unit);
    await supervised.start();
    processes[0]?.die('SIGKILL');
    await eventually(() => said.length === 1);
    await supervised.stop();
    expect(supervised.pid()).toBeUndefined();
    expect(processes).toHaveLength(1);
  });
});
