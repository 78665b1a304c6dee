import { AssertionFailed } from '@murmuration/kernel';
import nodeCrypto, { webcrypto } from 'node:crypto'; // eslint-disable-line rooms/no-chance -- because this is what is trapped

/** What a run must not do, because it would not be the same twice. */
export class TrapSprung extends AssertionFailed {}

type Trap = { readonly name: string; readonly home: object; readonly key: string };

const TRAPS: readonly Trap[] = [
  { name: 'Date.now', home: Date, key: 'now' },
  { name: 'Math.random', home: Math, key: 'random' },
  { name: 'performance.now', home: performance, key: 'now' },
  { name: 'setTimeout', home: globalThis, key: 'setTimeout' },
  { name: 'setInterval', home: globalThis, key: 'setInterval' },
  { name: 'setImmediate', home: globalThis, key: 'setImmediate' },
  { name: 'crypto.randomUUID', home: webcrypto, key: 'randomUUID' },
  { name: 'crypto.getRandomValues', home: webcrypto, key: 'getRandomValues' },
  // What `import { … } from 'node:crypto'` reads, in the modules that a bundle and the tests are made of.
  { name: 'randomUUID of node:crypto', home: nodeCrypto, key: 'randomUUID' },
  { name: 'randomBytes of node:crypto', home: nodeCrypto, key: 'randomBytes' },
  { name: 'randomInt of node:crypto', home: nodeCrypto, key: 'randomInt' },
];

/** `new Date()` reads the clock; `new Date(value)` does not. */
const dateWithoutClock = (sprung: (name: string) => never): DateConstructor =>
  new Proxy(Date, {
    construct: (target, args: readonly unknown[]) =>
      args.length === 0 ? sprung('new Date()') : (Reflect.construct(target, args) as object),
    apply: () => sprung('Date()'),
  });

/**
 * Makes every use of real time, timers and chance fail while `work` runs. What springs a trap is also answered, since the code
 * that did it may have caught the error.
 */
export const withTraps = async <Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly sprung: readonly string[] }> => {
  const sprung: string[] = [];
  const spring = (name: string): never => {
    sprung.push(name);
    throw new TrapSprung(`expected: nothing in a simulated run to use ${name}`);
  };
  const undo: (() => void)[] = [];
  for (const { name, home, key } of TRAPS) {
    const own = Object.getOwnPropertyDescriptor(home, key);
    Object.defineProperty(home, key, { configurable: true, writable: true, value: () => spring(name) });
    undo.push(() => {
      if (own === undefined) Reflect.deleteProperty(home, key);
      else Object.defineProperty(home, key, own);
    });
  }
  const date = globalThis.Date;
  globalThis.Date = dateWithoutClock(spring);
  try {
    return { result: await work(), sprung };
  } finally {
    globalThis.Date = date;
    for (const restore of undo) restore();
  }
};
