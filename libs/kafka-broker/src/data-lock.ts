import { closeSync, linkSync, openSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KafkaBrokerError } from './kafka-broker-error';

const FILE = 'broker.lock';
const TAKEOVER_MS_MAX = 10_000;

type Holder = { readonly pid: number; readonly startedAt: string };

/** The folders locked by this very process, whose pid says nothing. */
const heldHere = new Set<string>();

/** When a process was started, in the kernel's ticks, so that a reused pid is told apart; empty where that is not known. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // There is no such file on other systems, nor for a process that is gone.
    return '';
  }
};

const isAlive = ({ pid, startedAt }: Holder): boolean => {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startedAt === startOf(pid);
};

const holderOf = (path: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    // Gone meanwhile, or torn by a crash: then nobody holds it.
    return undefined;
  }
};

const createOnce = (path: string, text: string): boolean => {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
};

/** Removes the lock of a dead process. A second lock keeps two processes from removing each other's new one. */
const removeStale = (path: string): void => {
  const guard = `${path}.takeover`;
  const guardAge = statSync(guard, { throwIfNoEntry: false });
  if (guardAge !== undefined && Date.now() - guardAge.mtimeMs > TAKEOVER_MS_MAX) rmSync(guard, { force: true });
  closeSync(openSync(guard, 'wx'));
  try {
    const holder = holderOf(path);
    if (holder === undefined || !isAlive(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
};

/**
 * Lets one process at a time use a data folder; a lock whose process is gone is taken over. The result gives it back.
 * Throws `data-folder-in-use`.
 */
export const lockDataFolder = (dataDir: string): (() => void) => {
  const folder = resolve(dataDir);
  const path = join(folder, FILE);
  const inUse = (by: string): KafkaBrokerError =>
    new KafkaBrokerError('data-folder-in-use', `${folder} is used by another broker, ${by}`);
  if (heldHere.has(folder)) throw inUse('in this process');
  const own = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Holder);
  if (!createOnce(path, own)) {
    const holder = holderOf(path);
    if (holder !== undefined && isAlive(holder)) throw inUse(`process ${holder.pid}`);
    try {
      removeStale(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw inUse('which is just starting');
      throw cause;
    }
    if (!createOnce(path, own)) throw inUse('which has just started');
  }
  heldHere.add(folder);
  return () => {
    heldHere.delete(folder);
    rmSync(path, { force: true });
  };
};
