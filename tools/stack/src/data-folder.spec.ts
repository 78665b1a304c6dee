import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearDataFolder, makeDataFolder, rotateLog } from './data-folder';
import { StackError } from './stack-error';

describe('the data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-folder-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is made with all folders above it and one for logs, and may be there already', () => {
    const dataDir = join(folder, 'a/b/c');
    makeDataFolder(dataDir);
    makeDataFolder(dataDir);
    expect(existsSync(join(dataDir, 'logs'))).toBe(true);
  });

  it('is refused in one line when it lies below a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const making = (): void => makeDataFolder(join(file, 'data'));
    expect(making).toThrow(StackError);
    expect(making).toThrow(`the data folder ${join(file, 'data')} cannot be written (`);
  });

  it('is refused at once where a file system takes no folders', () => {
    expect(() => makeDataFolder('/proc/murmuration')).toThrow(StackError);
  });

  it('forgets the broker and the logs of earlier runs when it is cleared', () => {
    const dataDir = join(folder, 'clear');
    makeDataFolder(dataDir);
    writeFileSync(join(dataDir, 'logs/orders.log'), 'old');
    writeFileSync(join(dataDir, 'stack.json'), '{}');
    clearDataFolder(dataDir);
    expect(existsSync(join(dataDir, 'logs/orders.log'))).toBe(false);
    expect(existsSync(join(dataDir, 'logs'))).toBe(true);
    expect(existsSync(join(dataDir, 'stack.json'))).toBe(true);
  });

  it('puts a log aside when it is over its size, and replaces the one put aside before', () => {
    const log = join(folder, 'unit.log');
    for (const text of ['first run', 'second run']) {
      writeFileSync(log, text);
      rotateLog(log, 4);
    }
    expect(existsSync(log)).toBe(false);
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('second run');
  });

  it('goes on with a log that is within its size, and needs none', () => {
    const log = join(folder, 'small.log');
    rotateLog(log, 4);
    writeFileSync(log, 'tiny');
    rotateLog(log, 4);
    expect(readFileSync(log, 'utf8')).toBe('tiny');
  });
});
