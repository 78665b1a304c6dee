import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from './services';
import { StackError } from './stack-error';

/** What a running stack tells about itself in `<data>/stack.json`. */
export type StackFile = {
  readonly pid: number;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly urls: Readonly<Record<ServiceName, readonly string[]>>;
  readonly brokers: string;
  /** By unit name; absent while a unit is being started. */
  readonly pids: Readonly<Record<string, number>>;
};

const fileIn = (dataDir: string): string => join(dataDir, 'stack.json');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const read = (dataDir: string): StackFile | undefined => {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as StackFile;
  } catch {
    // No stack has run here, or one was cut off while it wrote: either way none is to be found.
    return undefined;
  }
};

/** The stack that runs on this data folder, if there is one. */
export const findStack = (dataDir: string): StackFile | undefined => {
  const found = read(dataDir);
  return found !== undefined && isAlive(found.pid) ? found : undefined;
};

export const writeStackFile = (dataDir: string, content: StackFile): void => {
  const draft = `${fileIn(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(draft, fileIn(dataDir));
};

export const removeStackFile = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });

/** Makes the data folder, or says in one line why it cannot be used. */
export const claimDataDir = (dataDir: string): void => {
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    writeFileSync(join(dataDir, '.writable'), '');
    rmSync(join(dataDir, '.writable'));
  } catch (error) {
    throw new StackError(`the data folder ${dataDir} cannot be written (${(error as Error).message})`);
  }
  const other = findStack(dataDir);
  if (other !== undefined && other.pid !== process.pid) {
    throw new StackError(
      `a stack is running on ${dataDir} already (pid ${other.pid}); stop it first or choose another --data folder`,
    );
  }
};
