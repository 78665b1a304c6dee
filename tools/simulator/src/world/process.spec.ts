import { instant } from '@murmuration/kernel';
import { decisionsOf } from '../faults/decisions';
import type { Fault } from '../faults/faults';
import { turnOfEventLoop } from '../time/real-time';
import { virtualTime } from '../time/virtual-time';
import { startProcess, type Fate } from './process';

const FAR_MS = 100_000;
const ASKS = 50;

const surroundings = (...faults: readonly Fault[]) => {
  const time = virtualTime(instant('2026-03-01T09:00:00.000Z'));
  const probabilities = new Map(faults.map((fault) => [fault, 1]));
  const go = async (): Promise<void> => {
    while (time.hasTimers()) {
      time.advance(FAR_MS);
      await turnOfEventLoop();
    }
  };
  return { time, decisions: decisionsOf({ seed: 1, probabilities, nowMs: time.nowMs }), go };
};

const IN_ORDER: Fate = {
  ...{ there: 'arrives', back: 'arrives', failure: () => new Error('cut'), failsAfterMs: 1 },
  inOrder: true,
};

/** When each of many asks was served, and when its answer was heard. */
const manyAsks = async (fate: Fate | undefined, ...faults: readonly Fault[]) => {
  const { time, decisions, go } = surroundings(...faults);
  const process = startProcess('orders-1/1', { time, decisions });
  const served: { readonly nth: number; readonly atMs: number }[] = [];
  const heard: { readonly nth: number; readonly atMs: number }[] = [];
  for (let nth = 0; nth < ASKS; nth++) {
    const serve = (): number => served.push({ nth, atMs: time.nowMs() });
    void process.ask('append', serve, fate).then(() => heard.push({ nth, atMs: time.nowMs() }));
  }
  await go();
  return { served, heard };
};

const ascending = Array.from({ length: ASKS }, (_, nth) => nth);
const numbers = (line: readonly { readonly nth: number }[]): readonly number[] => line.map(({ nth }) => nth);

describe('what a process asks for', () => {
  it('takes time on its way there and on its way back, and may be overtaken on both', async () => {
    const { served, heard } = await manyAsks(undefined);
    expect(numbers(served)).not.toEqual(ascending);
    const servedAtMs = new Map(served.map(({ nth, atMs }) => [nth, atMs]));
    const backMs = heard.map(({ nth, atMs }) => atMs - (servedAtMs.get(nth) ?? 0));
    expect(new Set(backMs)).toEqual(new Set([0, 1, 2, 3]));
    expect(numbers(heard)).not.toEqual(numbers(served));
  });

  it('is neither served nor answered out of order where that is so', async () => {
    const { served, heard } = await manyAsks(IN_ORDER);
    expect(numbers(served)).toEqual(ascending);
    expect(numbers(heard)).toEqual(ascending);
  });

  it('is late there when the request is slow', async () => {
    const { served } = await manyAsks(undefined, 'slow request');
    expect(Math.min(...served.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(100);
  });

  it('is served as soon as ever when its answer is slow', async () => {
    const { served, heard } = await manyAsks(undefined, 'slow answer');
    expect(Math.max(...served.map(({ atMs }) => atMs))).toBeLessThan(4);
    expect(Math.min(...heard.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(100);
  });
});
