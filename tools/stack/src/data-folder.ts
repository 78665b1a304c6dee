import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError } from './stack-error';

/** A log that is larger when its unit starts is put aside, where it replaces the one put aside before. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/** One level at a time: Node's own recursive mkdir never ends where a file system refuses folders by ENOENT, as /proc does. */
const makeFolders = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

/** Makes the data folder with its folder for logs, or throws a `StackError` that says why it cannot be used. */
export const makeDataFolder = (dataDir: string): void => {
  try {
    makeFolders(join(dataDir, 'logs'));
    for (const folder of [dataDir, join(dataDir, 'logs')]) {
      const trial = join(folder, `.writable-${process.pid}`);
      writeFileSync(trial, '');
      rmSync(trial);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StackError(
      `the data folder ${dataDir} cannot be written (${code ?? message}); choose another with --data`,
    );
  }
};

/** Forgets what earlier runs left, less PostgreSQL's data, which may lie elsewhere and is PostgreSQL's own to remove. */
export const clearDataFolder = (dataDir: string): void => {
  for (const folder of ['broker', 'logs']) rmSync(join(dataDir, folder), { recursive: true, force: true });
  makeDataFolder(dataDir);
};

/** Keeps a log from growing for ever. To be called before its unit starts. */
export const rotateLog = (logFile: string, bytesMax: number = LOG_BYTES_MAX): void => {
  if (existsSync(logFile) && statSync(logFile).size > bytesMax) renameSync(logFile, `${logFile}.1`);
};
