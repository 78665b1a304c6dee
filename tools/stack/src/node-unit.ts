import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { rotateLog } from './data-folder';
import { lastWords } from './log-tail';
import { spawnWatched } from './parent-watch';
import { StackError } from './stack-error';
import type { Running, Unit } from './supervised';

export type NodeUnitOptions = {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Why the unit does not serve yet; undefined once it does. */
  readonly waitsFor: () => Promise<string | undefined>;
  readonly readyWithinMs?: number;
};

const READY_WITHIN_MS = 60_000;
const READY_POLL_MS = 40;
const STOP_GRACE_MS = 8_000;
const HEALTH_ANSWER_MS = 2_000;

/** Records live shortly and are many: a larger nursery saves about a tenth of a service's time. */
const NODE_ARGS = ['--enable-source-maps', '--max-semi-space-size=32'];

/** A Node script as a unit of the stack; what it prints goes to its log file. */
export const nodeUnit = (options: NodeUnitOptions): Unit => {
  const { name, script, args = [], env = {}, logFile, waitsFor, readyWithinMs = READY_WITHIN_MS } = options;
  return {
    name,
    start: async (): Promise<Running> => {
      rotateLog(logFile);
      const log = openSync(logFile, 'a');
      const logFrom = fstatSync(log).size;
      const child = spawnWatched(script, {
        args,
        nodeArgs: NODE_ARGS,
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
        lastWords: () => lastWords(logFile, logFrom),
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
      const giveUpAt = Date.now() + readyWithinMs;
      while (!abandoned.aborted) {
        const missing = await waitsFor();
        if (missing === undefined) return;
        if (Date.now() > giveUpAt)
          throw new StackError(
            `${name} is not ready after ${readyWithinMs / 1000} s (${missing}); its log is ${logFile}`,
          );
        await pause(READY_POLL_MS);
      }
    },
  };
};

/** Why no server can be reached on this port of 127.0.0.1; undefined when one accepts connections. */
export const whyNotListening = (port: number): Promise<string | undefined> =>
  new Promise((answer) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (why: string | undefined): void => {
      socket.destroy();
      answer(why);
    };
    socket.once('connect', () => settle(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });

type HealthReport = {
  readonly status?: string;
  readonly components?: Readonly<Record<string, { readonly status?: string; readonly detail?: string }>>;
};

const complaintsOf = ({ components = {} }: HealthReport): string =>
  Object.entries(components)
    .filter(([, { status }]) => status !== 'up')
    .map(([name, { detail, status }]) => `${name}: ${detail ?? status}`)
    .join('; ');

/** Why a service's `/health/ready` is not green, be it a component that is only degraded; undefined when it is. */
export const whyNotHealthy = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(HEALTH_ANSWER_MS) });
    const report = (await response.json()) as HealthReport;
    if (response.ok && report.status === 'up') return undefined;
    return complaintsOf(report) || `it answers ${response.status}`;
  } catch (error) {
    const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly code?: string } };
    return `${url} does not answer: ${cause?.code ?? message ?? String(error)}`;
  }
};
