import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Account } from './account';

export type ServerExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ServerProcess = {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
  readonly signal: (name: NodeJS.Signals) => void;
};

/**
 * The shell becomes the server (`exec`), so its process id is the server's. Before, it leaves a watcher behind that
 * reads our end of a pipe: a line means that we stopped the server ourselves, the end of the pipe that we died; then
 * the watcher stops the server. The watcher is detached twice because the server takes every child of its own for one
 * of its workers. $1: seconds for a fast shutdown; $2: a folder to remove after our death, or nothing.
 */
const WATCHED = `
seconds=$1 remove=$2
shift 2
exec 3<&0 </dev/null
( (
  if read -r _ <&3; then exit 0; fi
  kill -INT $$ 2>/dev/null
  while kill -0 $$ 2>/dev/null; do
    [ "$seconds" -gt 0 ] || { kill -QUIT $$ 2>/dev/null; sleep 1; break; }
    seconds=$((seconds - 1))
    sleep 1
  done
  if [ -n "$remove" ]; then rm -rf "$remove"; fi
) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

const FAST_STOP_SECONDS = 20;

export type ServerCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly account: Account | undefined;
  readonly removeAfterDeath?: string;
};

const spawnServer = ({ program, args, cwd, account, removeAfterDeath = '' }: ServerCommand): ChildProcess => {
  const env = { ...process.env, LC_ALL: 'C' };
  if (process.platform === 'win32') return spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  // Its own session: a Ctrl-C in the terminal is for us, who stop the server after those who use it.
  return spawn('/bin/sh', ['-c', WATCHED, 'sh', String(FAST_STOP_SECONDS), removeAfterDeath, program, ...args], {
    ...{ ...account, cwd, env, detached: true },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
};

/** Runs the server so that it ends, by a fast shutdown, when this process dies in whatever way. `onLine` gets its log. */
export const runServer = (command: ServerCommand, onLine: (line: string) => void): ServerProcess => {
  const child = spawnServer(command);
  child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  if (child.stderr) createInterface(child.stderr).on('line', onLine);
  if (child.stdout) createInterface(child.stdout).on('line', onLine);
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('error', (error) => {
      onLine(String(error));
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => {
      child.stdin?.end('stopped\n');
      resolve({ code, signal });
    });
  });
  return { pid: child.pid ?? 0, exited, signal: (name) => void child.kill(name) };
};
