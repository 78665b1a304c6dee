import { stillClock } from '../flock.fixture';
import { pauseOf } from './pause';

/** What has resolved of several waits after all that could go on has gone on. */
const ended = async (waits: readonly Promise<void>[]): Promise<readonly number[]> => {
  const done: number[] = [];
  waits.forEach((wait, nth) => void wait.then(() => done.push(nth)));
  await new Promise((resume) => setImmediate(resume));
  return done;
};

describe('a pause', () => {
  it('ends for each of those who wait at the same time when their time is up', async () => {
    const clock = stillClock();
    const pause = pauseOf(clock);
    const waits = [pause.wait(10), pause.wait(20)];
    clock.fireAll();
    expect(await ended(waits)).toEqual([0, 1]);
  });

  it('ends early for all who wait when it is woken', async () => {
    const pause = pauseOf(stillClock());
    const waits = [pause.wait(10), pause.wait(20)];
    pause.wake();
    expect(await ended(waits)).toEqual([0, 1]);
  });

  it('is over at once after a wake that nobody waited for, and only once', async () => {
    const pause = pauseOf(stillClock());
    pause.wake();
    expect(await ended([pause.wait(10), pause.wait(20)])).toEqual([0]);
  });
});
