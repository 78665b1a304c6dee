// What must not be written in which room, and, beside it, where the same is fine.

const DOMAIN = 'libs/domain/orders/src/*.ts';
const CONTRACTS = 'libs/contracts/src/*.ts';
const KERNEL = 'libs/kernel/src/*.ts';
const STORE = 'libs/event-store/src/*.ts';
const CORE = 'libs/messaging/src/core/*.ts';
const EFFECTS_CORE = 'libs/effects/src/core/*.ts';
/** Rooms that run on injected time, beside the cores. */
const TIMELESS = [
  'libs/messaging/src/*.ts',
  'libs/messaging/src/memory/*.ts',
  'libs/effects/src/*.ts',
  'libs/effects/src/lease/*.ts',
  'libs/event-store/src/commands/*.ts',
  'libs/event-store/src/memory/*.ts',
  'tools/simulator/src/world/*.ts',
];
/** Adapters beside them, which bring real time in. */
const REAL_TIME = [
  'libs/messaging/src/kafka/*.ts',
  'libs/messaging/src/postgres/*.ts',
  'libs/effects/src/postgres/*.ts',
];

const refuses = (rule, says, files, ...codes) =>
  files.flatMap((file) =>
    codes.map((code) => ({ title: `${file} refuses ${code}`, file, code: `${code}\n`, expected: { rule, says } })),
  );

const takes = (files, ...codes) =>
  files.flatMap((file) => codes.map((code) => ({ title: `${file} takes ${code}`, file, code: `${code}\n` })));

const room = (name, says, files, ...codes) => refuses(`rooms/${name}`, says, files, ...codes);

const CLOCKS = [
  'export const now = Date.now();',
  'export const now = new Date();',
  'export const ms = performance.now();',
];
const CHANCE = ['export const draw = Math.random();', 'export const id = crypto.randomUUID();'];
const TIMERS = ['setTimeout(() => undefined, 1);', "import 'node:timers/promises';"];

/** The same by other ways. */
const HIDDEN_CLOCKS = ['export const { now } = Date;', "import 'node:perf_hooks';"];
const HIDDEN_CHANCE = [
  'export const { random } = Math;',
  "import { randomUUID } from 'node:crypto';\n\nexport const id: string = randomUUID();",
  "import { randomBytes as draw } from 'crypto';\n\nexport const bytes: Buffer = draw(8);",
  "import * as chance from 'node:crypto';\n\nexport const { hash } = chance;",
  "export { randomInt } from 'node:crypto';",
];
const HIDDEN_TIMERS = [
  'export const later = setInterval;',
  'export const timers = { later: setImmediate };',
  'export const ring = globalThis.setTimeout;',
  'export const soon = AbortSignal.timeout(1);',
];

export const ROOM_PROBES = [
  ...room('no-node', 'knows nothing of Node', [DOMAIN, CONTRACTS, KERNEL], "import 'node:fs';", "import 'crypto';"),
  ...room('no-node', 'knows nothing of Node', [DOMAIN], "export { hash } from 'node:crypto';", "import 'fs/promises';"),
  ...takes([STORE], "import 'node:fs';"),

  ...room('no-clock', 'time arrives as an Instant', [DOMAIN, CONTRACTS, KERNEL, CORE, EFFECTS_CORE], ...CLOCKS),
  ...takes([DOMAIN], "export const parsed = new Date('2026-03-01T00:00:00.000Z').toISOString();"),
  ...takes([STORE], ...CLOCKS),

  ...room('no-chance', 'draws arrive in the command', [DOMAIN, CONTRACTS, KERNEL, CORE, EFFECTS_CORE], ...CHANCE),
  ...takes([STORE], ...CHANCE),

  ...room('no-timers', 'say when something is due', [CORE, EFFECTS_CORE], ...TIMERS),
  ...room('no-timers', 'say when something is due', [DOMAIN, CONTRACTS, KERNEL], TIMERS[0]),
  ...takes([STORE], ...TIMERS),

  ...room('no-clock', 'time arrives as an Instant', TIMELESS, ...CLOCKS, ...HIDDEN_CLOCKS),
  ...room('no-chance', 'draws arrive in the command', TIMELESS, ...CHANCE, ...HIDDEN_CHANCE),
  ...room('no-timers', 'say when something is due', TIMELESS, ...TIMERS, ...HIDDEN_TIMERS),
  ...takes(
    TIMELESS,
    "import { hash } from 'node:crypto';\n\nexport const digest: string = hash('sha1', 'a');",
    'export type Patience = { readonly setTimeout: (delayMs: number) => void };\n\nexport const wait = (on: Patience): void => on.setTimeout(1);',
    "export const parsed: number = new Date('2026-03-01T00:00:00.000Z').getTime();",
  ),
  ...takes(REAL_TIME, ...CLOCKS, ...CHANCE, ...TIMERS),
  ...takes(['libs/messaging/src/system-clock.ts', 'libs/effects/src/system-timing.ts'], CLOCKS[0]),
  ...takes(['tools/simulator/src/time/real-time.ts'], TIMERS[0]),
  ...takes(['libs/messaging/src/*.spec.ts', 'libs/effects/src/*.contract.ts'], ...CLOCKS, ...CHANCE, TIMERS[0]),

  ...room('no-async', 'waits for nothing', [DOMAIN, CONTRACTS, KERNEL], 'export const load = async () => 1;'),
  ...room('no-async', 'waits for nothing', [DOMAIN], 'export const later = Promise.resolve(1);'),
  ...takes([KERNEL], 'export type Port = { perform(): Promise<number> };'),

  ...room('no-class', 'a type for the state', [DOMAIN, CONTRACTS], 'export class Order {}'),
  ...takes([KERNEL, STORE], 'export class Failure extends Error {}'),

  ...room(
    'no-throw',
    'return reject',
    [DOMAIN, CONTRACTS],
    "export const refuse = (): never => {\n  throw new Error('no');\n};",
  ),
  ...takes([KERNEL, STORE], "export const fail = (): never => {\n  throw new Error('no');\n};"),

  ...room('no-io', 'touches nothing outside', [DOMAIN, CONTRACTS, KERNEL], 'export const args = process.argv;'),
  ...room('no-io', 'touches nothing outside', [DOMAIN], "void fetch('http://127.0.0.1');"),

  ...room(
    'no-mocks',
    'pass plain values',
    ['libs/domain/orders/src/*.spec.ts', 'libs/kernel/src/*.spec.ts'],
    'jest.fn();',
  ),
  ...takes(['libs/event-store/src/*.spec.ts'], 'jest.fn();'),

  ...room('drivers-stay-outside', 'take a port', [CORE, EFFECTS_CORE], "import 'pg';", "import 'typeorm';"),
  ...room('drivers-stay-outside', 'take a port', [CORE], "import 'kafkajs';"),
  ...takes(['libs/messaging/src/postgres/*.ts', 'libs/effects/src/postgres/*.ts'], "import 'pg';"),

  ...room(
    'kafka-client-home',
    'lives in libs/messaging',
    [STORE, 'apps/orders/src/*.ts', 'libs/kafka-broker/src/*.ts'],
    "import 'kafkajs';",
  ),
  ...takes(
    ['libs/messaging/src/*.ts', 'libs/kafka-broker/src/*.int.spec.ts', 'tools/bench/src/*.ts'],
    "import 'kafkajs';",
  ),

  ...room(
    'env-home',
    'read once, in src/config.ts',
    [STORE, 'apps/orders/src/*.ts', 'libs/platform/src/*.ts'],
    "export const port = process.env['PORT'];",
  ),
  ...room(
    'env-home',
    'read once, in src/config.ts',
    [STORE],
    "import { env } from 'node:process';\n\nexport const port = env['PORT'];",
  ),
  ...takes(
    [
      'apps/orders/src/config.ts',
      'libs/platform/src/config/*.ts',
      'tools/bench/src/*.ts',
      'libs/event-store/src/*.int.spec.ts',
    ],
    "export const port = process.env['PORT'];",
  ),
  ...takes([STORE], "export const environment = { ...process.env, LC_ALL: 'C' };"),

  ...room(
    'no-swallowed-error',
    'never swallowed',
    [STORE, 'apps/orders/src/*.ts', 'tools/bench/src/*.ts'],
    "try {\n  JSON.parse('');\n} catch {\n  // Nothing to do.\n}",
  ),
  ...room('no-enum', 'a union of string literals', [STORE], "export enum Colour {\n  Red = 'red',\n}"),
  ...room('named-exports', 'Named exports only', [STORE], 'export default 1;'),
  ...room(
    'no-skipped-test',
    'Every test runs',
    ['libs/event-store/src/*.spec.ts'],
    "it.skip('is', () => undefined);",
    "describe.only('it', () => undefined);",
    "xit('is', () => undefined);",
  ),
  ...room(
    'tests-stay-in-tests',
    'stays out of what runs',
    [STORE, 'apps/orders/src/*.ts'],
    "import './store.contract';",
    "import './store.fixture';",
  ),
  ...takes(['libs/event-store/src/*.spec.ts', 'libs/kafka-broker/src/index.ts'], "import './store.fixture';"),
  ...room(
    'file-name',
    'says nothing',
    ['libs/event-store/src/string-utils.ts', 'apps/orders/src/order.helper.ts'],
    'export const one = 1;',
  ),
  ...room('file-name', 'is not kebab-case', ['libs/event-store/src/eventStore.ts'], 'export const one = 1;'),
];

const typed = (rule, says, ...codes) => refuses(rule, says, [STORE], ...codes);

export const LANGUAGE_PROBES = [
  ...typed('@typescript-eslint/no-explicit-any', 'Unexpected any', 'export type Anything = any;'),
  ...typed('@typescript-eslint/no-floating-promises', 'Promises must be awaited', 'Promise.resolve(1);'),
  ...typed('@typescript-eslint/no-misused-promises', 'Promise', "process.on('exit', async () => undefined);"),
  ...typed(
    '@typescript-eslint/await-thenable',
    'Unexpected `await`',
    'export const wait = async (): Promise<void> => {\n  await 1;\n};',
  ),
  ...typed(
    '@typescript-eslint/consistent-type-imports',
    'import type',
    "import { Socket } from 'node:net';\n\nexport type Wire = Socket;",
  ),
  ...typed(
    '@typescript-eslint/consistent-type-definitions',
    'Use a `type`',
    'export interface Wire {\n  readonly fd: number;\n}',
  ),
  ...typed(
    '@typescript-eslint/switch-exhaustiveness-check',
    'Switch is not exhaustive',
    "export const nameOf = (side: 'left' | 'right'): string => {\n  switch (side) {\n    case 'left':\n      return 'L';\n  }\n  return 'R';\n};",
  ),
  ...typed(
    '@typescript-eslint/no-unsafe-return',
    'Unsafe return',
    'export const parse = (text: string): number => JSON.parse(text);',
  ),
  ...typed(
    '@typescript-eslint/no-unsafe-member-access',
    'Unsafe member access',
    "export const one = String(JSON.parse('{}').one);",
  ),
  ...typed(
    '@typescript-eslint/only-throw-error',
    'Expected an error object',
    "export const fail = (): never => {\n  throw 'no';\n};",
  ),
  ...typed(
    '@typescript-eslint/return-await',
    'awaited',
    'export const one = async (): Promise<number> => {\n  try {\n    return Promise.resolve(1);\n  } catch (error) {\n    return Number(error);\n  }\n};',
  ),
  ...typed('@typescript-eslint/no-unused-vars', 'never used', 'const unused = 1;'),
  ...typed('no-console', 'console', 'console.log(1);'),
  ...typed('no-warning-comments', 'todo', '// TODO: later\nexport const one = 1;'),
  ...typed('eqeqeq', 'Expected', 'export const same = (left: number, right: number): boolean => left == right;'),
  ...takes(['libs/event-store/src/*.spec.ts'], "export const one = String(JSON.parse('{}').one);"),
];
