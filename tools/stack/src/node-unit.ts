import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { spawnWatched } from './parent-watch';
import { StackError } from './stack-error';
import type { Running, Unit } from './supervised';

export type NodeUnitOptions = {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** True once the unit serves. */
  readonly isReady: () => Promise<boolean>;
};

const READY_WITHIN_MS = 45_000;
const READY_POLL_MS = 40;
const STOP_GRACE_MS = 12_000;

/** A Node script as a unit of the stack; what it prints goes to its log file. */
export const nodeUnit = ({ name, script, args = [], env = {}, logFile, isReady }: NodeUnitOptions): Unit => ({
  name,
  start: async (): Promise<Running> => {
    const log = openSync(logFile, 'a');
    const child = spawnWatched(script, {
      args,
      nodeArgs: ['--enable-source-maps'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
      output: log,
    });
    closeSync(log);
    const ended = once(child, 'exit').then(([code, signal]) =>
      signal === null ? `exit code ${code}` : String(signal),
    );
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new StackError(`${name} could not be started`);
    return {
      pid,
      ended,
      stop: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
        await ended;
        clearTimeout(overdue);
      },
    };
  },
  ready: async (_, abandoned) => {
    const giveUpAt = Date.now() + READY_WITHIN_MS;
    while (!abandoned.aborted) {
      if (await isReady()) return;
      if (Date.now() > giveUpAt)
        throw new StackError(`${name} is not ready after ${READY_WITHIN_MS / 1000} s; its log is ${logFile}`);
      await pause(READY_POLL_MS);
    }
  },
});

/** Whether a server accepts connections on this port of 127.0.0.1. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (accepted: boolean): void => {
      socket.destroy();
      answer(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

/** Whether a service's `/health/ready` is green and none of its components is degraded. */
export const isHealthy = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    const body = (await response.json()) as { readonly status?: string };
    return response.ok && body.status === 'up';
  } catch {
    // Not listening yet, or not answering in time: both mean that it is not ready.
    return false;
  }
};
