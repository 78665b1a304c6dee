import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bornAt } from './process-identity';
import type { ServiceName } from './services';
import { StackError } from './stack-error';

/** What a running stack tells about itself in `<data>/stack.json`, which is also its claim on the folder. */
export type StackFile = {
  readonly pid: number;
  /** When the process was born, so that another one with the same number is not taken for it. */
  readonly born?: string;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly urls: Readonly<Record<ServiceName, readonly string[]>>;
  readonly brokers: string;
  /** By unit name; absent while a unit is being started. */
  readonly pids: Readonly<Record<string, number>>;
};

const fileIn = (dataDir: string): string => join(dataDir, 'stack.json');

const read = (dataDir: string): StackFile | undefined => {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as StackFile;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // No stack has run here, or somebody else has written into the file: either way none is to be found.
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw new StackError(`${fileIn(dataDir)} cannot be read (${code ?? String(error)})`);
  }
};

/** The stack that runs on this data folder, if there is one. What a dead stack left behind counts for nothing. */
export const findStack = (dataDir: string): StackFile | undefined => {
  const found = read(dataDir);
  if (found === undefined || !Number.isInteger(found.pid)) return undefined;
  const born = bornAt(found.pid);
  return born !== undefined && (found.born === undefined || found.born === born) ? found : undefined;
};

const draftOf = (dataDir: string, content: StackFile): string => {
  const draft = `${fileIn(dataDir)}.${process.pid}`;
  const born = bornAt(process.pid);
  writeFileSync(draft, `${JSON.stringify({ ...content, ...(born === undefined ? {} : { born }) }, null, 2)}\n`);
  return draft;
};

export const writeStackFile = (dataDir: string, content: StackFile): void =>
  renameSync(draftOf(dataDir, content), fileIn(dataDir));

export const removeStackFile = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });

const CLAIM_ATTEMPTS_MAX = 3;

/** Throws a `StackError` when a stack runs on this data folder. */
export const refuseSecondStack = (dataDir: string): void => {
  const other = findStack(dataDir);
  if (other === undefined) return;
  throw new StackError(
    `a stack is running on ${dataDir} already (pid ${other.pid}); stop it first or choose another --data folder`,
  );
};

/** Writes the file only if no living stack has one there; of two that try at once, one gets it. */
export const claimStackFile = (dataDir: string, content: StackFile): void => {
  const draft = draftOf(dataDir, content);
  try {
    for (let attempt = 1; ; attempt++) {
      refuseSecondStack(dataDir);
      removeStackFile(dataDir);
      try {
        linkSync(draft, fileIn(dataDir));
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === CLAIM_ATTEMPTS_MAX) throw error;
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
};
