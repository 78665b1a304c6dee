import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { boundaries, boundariesPlugin, readProjectGraph } from './tools/lint/boundaries.mjs';
import { roomsPlugin } from './tools/lint/rooms.mjs';

await readProjectGraph();

const TYPESCRIPT = ['**/*.ts', '**/*.tsx'];
/** A fixture is what several specs set up alike. */
const TESTS = ['**/*.spec.ts', '**/*.contract.ts', '**/*.fixture.ts'];
/** May start servers. */
const INT_TESTS = ['**/*.int.spec.ts', '**/*.fixture.ts'];
const PURE = ['libs/domain/**/*.ts', 'libs/contracts/**/*.ts', 'libs/kernel/**/*.ts'];
const CORES = ['libs/messaging/src/core/**/*.ts', 'libs/effects/src/core/**/*.ts'];
/** What runs in a simulator as it runs in production: time and chance are passed in. */
const TIMELESS = [
  'libs/messaging/src/**/*.ts',
  'libs/effects/src/**/*.ts',
  'libs/event-store/src/commands/**/*.ts',
  'libs/event-store/src/memory/**/*.ts',
  'tools/simulator/src/**/*.ts',
];
/** The adapters that bring real time in. */
const REAL_TIME = [
  'libs/*/src/kafka/**/*.ts',
  'libs/*/src/postgres/**/*.ts',
  'libs/messaging/src/system-clock.ts',
  'libs/effects/src/system-timing.ts',
  'tools/simulator/src/time/real-time.ts',
];
const FLOW = ['libs/messaging/**/*.ts', 'libs/effects/**/*.ts'];

const TEST_IMPORTS = ['@murmuration/testing', 'fast-check'];
const SERVER_IMPORTS = ['@murmuration/embedded-postgres', '@murmuration/kafka-broker'];
const FLOW_IMPORTS = ['@murmuration/event-store'];

const errors = (...names) => Object.fromEntries(names.map((name) => [`rooms/${name}`, 'error']));
const off = (...names) => Object.fromEntries(names.map((name) => [name, 'off']));

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'coverage/',
      'tmp/',
      '.nx/',
      '.murmuration/',
      'docs/reference/',
      '**/generated/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { plugins: { '@nx': boundariesPlugin, rooms: roomsPlugin } },

  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.node },
    rules: { ...errors('no-swallowed-error') },
  },

  {
    files: TYPESCRIPT,
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      ...errors('env-home', 'kafka-client-home', 'no-swallowed-error', 'no-enum', 'named-exports', 'file-name'),
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          destructuredArrayIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      // An adapter keeps the asynchronous shape of its port, also where it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      eqeqeq: 'error',
      'no-empty': ['error', { allowEmptyCatch: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'start' }],
    },
  },

  { files: ['apps/**/*.ts', 'libs/**/*.ts'], ignores: TESTS, rules: { 'no-console': 'error' } },
  { files: TYPESCRIPT, ignores: [...TESTS, 'libs/*/src/index.ts'], rules: errors('tests-stay-in-tests') },
  { files: FLOW, rules: { '@nx/enforce-module-boundaries': boundaries(FLOW_IMPORTS) } },

  { files: PURE, rules: errors('no-node', 'no-clock', 'no-chance', 'no-timers', 'no-async', 'no-io') },
  { files: ['libs/domain/**/*.ts', 'libs/contracts/**/*.ts'], rules: errors('no-class', 'no-throw') },
  { files: CORES, rules: errors('drivers-stay-outside', 'no-clock', 'no-chance', 'no-timers') },
  { files: TIMELESS, ignores: [...REAL_TIME, ...TESTS], rules: errors('no-clock', 'no-chance', 'no-timers') },

  {
    files: [
      'apps/*/src/config.ts',
      'libs/platform/src/config/**/*.ts',
      'libs/platform/src/config.ts',
      'libs/embedded-postgres/src/postgres-for-tests.ts',
      'tools/**/*.ts',
      ...TESTS,
    ],
    rules: off('rooms/env-home'),
  },
  {
    files: [
      'libs/messaging/**/*.ts',
      'libs/kafka-broker/**/*.spec.ts',
      'libs/kafka-broker/**/*.contract.ts',
      'libs/kafka-broker/**/*.fixture.ts',
      'tools/**/*.ts',
    ],
    rules: off('rooms/kafka-client-home'),
  },

  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(TEST_IMPORTS),
      ...errors('no-skipped-test'),
      // What a test reads back is unknown on purpose, and its matchers are typed as any.
      ...off(
        '@typescript-eslint/no-unsafe-argument',
        '@typescript-eslint/no-unsafe-assignment',
        '@typescript-eslint/no-unsafe-call',
        '@typescript-eslint/no-unsafe-member-access',
        '@typescript-eslint/no-unsafe-return',
        '@typescript-eslint/unbound-method',
        'rooms/no-class',
        'rooms/no-throw',
        'rooms/no-timers',
        'max-lines',
      ),
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
  {
    files: PURE.map((glob) => glob.replace('.ts', '.spec.ts')),
    rules: { ...errors('no-mocks'), ...off('rooms/no-async', 'rooms/no-node', 'rooms/no-io') },
  },
  {
    files: FLOW.flatMap((glob) => ['.spec.ts', '.contract.ts'].map((ending) => glob.replace('.ts', ending))),
    rules: { '@nx/enforce-module-boundaries': boundaries([...FLOW_IMPORTS, ...TEST_IMPORTS]) },
  },
  { files: INT_TESTS, rules: { '@nx/enforce-module-boundaries': boundaries([...TEST_IMPORTS, ...SERVER_IMPORTS]) } },
  {
    files: FLOW.flatMap((glob) => ['.int.spec.ts', '.fixture.ts'].map((ending) => glob.replace('.ts', ending))),
    rules: { '@nx/enforce-module-boundaries': boundaries([...FLOW_IMPORTS, ...TEST_IMPORTS, ...SERVER_IMPORTS]) },
  },
);
