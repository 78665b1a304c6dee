const { compilerOptions } = require('./tsconfig.base.json');

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [
    `^${name}$`,
    `<rootDir>/${file.replace(/^\.\//, '')}`,
  ]),
);

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  moduleNameMapper,
  transform: {
    '^.+\\.(t|j|mj)s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  // Nest 12 is ESM only; Jest on Node 20 needs it as CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|uuid)/)'],
  testTimeout: 30_000,
  // A worker keeps something of every file it has run; one that has kept much is replaced before it grows slow.
  workerIdleMemoryLimit: '600MB',
};
