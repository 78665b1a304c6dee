import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import type { Folders } from './folders';
import { type ProcessEntry, processEntry } from './process-table';

const FAST_STOP_MS = 20_000;
const IMMEDIATE_STOP_MS = 10_000;
const POLL_MS = 20;

const pidIn = (path: string): number | undefined => {
  if (!existsSync(path)) return undefined;
  const pid = Number(readFileSync(path, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
};

const ended = async (pid: number, withinMs: number): Promise<boolean> => {
  const untilMs = Date.now() + withinMs;
  while (Date.now() < untilMs) {
    if (!processEntry(pid)) return true;
    await pause(POLL_MS);
  }
  return false;
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const isServerOn = ({ command }: ProcessEntry, cluster: string): boolean =>
  command.includes('postgres') && command.includes(cluster);

/**
 * Makes sure that no server runs on the folder. One that was left behind by a killed process is stopped; one whose
 * starter lives makes this fail with `data-folder-in-use`.
 */
export const stopOrphan = async ({ cluster, ownerFile }: Folders, log: (line: string) => void): Promise<void> => {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = pidIn(pidFile);
  const found = pid === undefined ? undefined : processEntry(pid);
  if (pid === undefined || !found) return;
  if (!isServerOn(found, cluster)) {
    // The number belongs to another program by now, which PostgreSQL itself cannot tell from a server.
    rmSync(pidFile);
    return;
  }
  if (pidIn(ownerFile) === found.parentPid) {
    throw new EmbeddedPostgresError(
      'data-folder-in-use',
      `${cluster} is served by process ${pid}, started by process ${found.parentPid}`,
    );
  }
  log(`stopping PostgreSQL (process ${pid}) that was left running on ${cluster}`);
  signal(pid, 'SIGINT');
  if (await ended(pid, FAST_STOP_MS)) return;
  signal(pid, 'SIGQUIT');
  if (await ended(pid, IMMEDIATE_STOP_MS)) return;
  throw new EmbeddedPostgresError('data-folder-in-use', `process ${pid} on ${cluster} does not stop`);
};
