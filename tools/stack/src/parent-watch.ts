import { spawn, type ChildProcess, type StdioNull, type StdioPipe } from 'node:child_process';
import { join } from 'node:path';

/** The same depth below the repository's root from the source and from the bundle. */
const PRELOAD = join(__dirname, '../../../tools/build/parent-watch.cjs');

const PARENT_FD = 3;

export type WatchedChildOptions = {
  readonly args?: readonly string[];
  /** For Node itself, e.g. `--enable-source-maps`. */
  readonly nodeArgs?: readonly string[];
  /** The whole environment of the child; this process's own by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Of standard output and standard error, e.g. an open file; standard input is closed. */
  readonly output?: StdioNull | StdioPipe | number;
  readonly cwd?: string;
};

/**
 * Starts a Node script that does not outlive this process: when this one is gone, also by SIGKILL, the child gets a SIGTERM,
 * and SIGKILL 20 s later. The child needs no code for it. It runs in a process group of its own, so that a Ctrl-C at the
 * terminal reaches only this process, which ends its children in the order it wants.
 */
export const spawnWatched = (script: string, options: WatchedChildOptions = {}): ChildProcess => {
  const { args = [], nodeArgs = [], env = process.env, output = 'pipe', cwd } = options;
  return spawn(process.execPath, [...nodeArgs, '--require', PRELOAD, script, ...args], {
    stdio: ['ignore', output, output, 'pipe'],
    env: { ...env, MURMURATION_PARENT_FD: String(PARENT_FD) },
    detached: process.platform !== 'win32',
    ...(cwd === undefined ? {} : { cwd }),
  });
};
