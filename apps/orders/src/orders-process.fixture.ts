import { transform } from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const CACHE = join(ROOT, 'node_modules/.cache');

/** Nest's injection lives on decorator metadata, which esbuild leaves out. */
const decorators: Plugin = {
  name: 'decorators',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), {
        ...{ filename: path, swcrc: false, configFile: false },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      });
      return { contents: code, loader: 'js' };
    }),
};

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type OrdersProcess = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has written to its log so far, line by line. */
  log(): readonly Record<string, unknown>[];
  signal(signal: NodeJS.Signals): void;
};

export type OrdersProcesses = {
  run(env: Readonly<Record<string, string>>, ...args: readonly string[]): OrdersProcess;
  /** Kills what still runs. */
  killAll(): Promise<void>;
  /** Removes the bundle. */
  remove(): void;
};

const linesOf = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The orders service, bundled as it is for production, as processes of its own. */
export const ordersProcesses = async (): Promise<OrdersProcesses> => {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'orders-process-'));
  const script = join(folder, 'main.js');
  await build({
    ...{ absWorkingDir: ROOT, entryPoints: [join(__dirname, 'main.ts')], outfile: script, bundle: true },
    ...{ platform: 'node', target: 'node20', format: 'cjs', packages: 'external', logLevel: 'error' },
    ...{ tsconfig: join(ROOT, 'tsconfig.base.json'), plugins: [decorators] },
  });
  const running = new Set<OrdersProcess>();

  const run: OrdersProcesses['run'] = (env, ...args) => {
    const child = spawn(process.execPath, [script, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(child, 'close').then(([code]): Ended => {
      running.delete(started);
      return { code: code as number | null, stdout, stderr };
    });
    const started: OrdersProcess = {
      pid: child.pid ?? 0,
      ended,
      log: () => linesOf(stdout),
      signal: (signal) => void child.kill(signal),
    };
    running.add(started);
    return started;
  };

  return {
    run,
    killAll: async () => {
      const left = [...running];
      for (const { signal } of left) signal('SIGKILL');
      await Promise.all(left.map(({ ended }) => ended));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
