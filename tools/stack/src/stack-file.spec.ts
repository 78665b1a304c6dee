import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackError } from './stack-error';
import { claimStackFile, findStack, removeStackFile, writeStackFile, type StackFile } from './stack-file';

const content: StackFile = {
  pid: process.pid,
  startedAt: '2026-01-01T00:00:00.000Z',
  ready: false,
  urls: { orders: [], inventory: [], payments: [], shipping: [], projections: [] },
  brokers: '127.0.0.1:9092',
  pids: {},
};

/** Above the highest process number of any system. */
const NOBODY = 2 ** 30;

describe('the file that tells of a running stack', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'stack-file-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const leave = (text: string): void => writeFileSync(join(dataDir, 'stack.json'), text);

  it('is found while its process lives, and gone when it is removed', () => {
    claimStackFile(dataDir, content);
    expect(findStack(dataDir)).toMatchObject({ pid: process.pid, ready: false });
    writeStackFile(dataDir, { ...content, ready: true });
    expect(findStack(dataDir)).toMatchObject({ ready: true });
    removeStackFile(dataDir);
    expect(findStack(dataDir)).toBeUndefined();
  });

  it('keeps a second stack off the folder, and leaves nothing else behind', () => {
    claimStackFile(dataDir, content);
    const claiming = (): void => claimStackFile(dataDir, content);
    expect(claiming).toThrow(StackError);
    expect(claiming).toThrow(`a stack is running on ${dataDir} already (pid ${process.pid})`);
    expect(readdirSync(dataDir)).toEqual(['stack.json']);
  });

  it('of a dead stack is no obstacle', () => {
    leave(JSON.stringify({ ...content, pid: NOBODY }));
    expect(findStack(dataDir)).toBeUndefined();
    claimStackFile(dataDir, content);
    expect(findStack(dataDir)?.pid).toBe(process.pid);
  });

  it('of a dead stack is not taken for that of the process that has its number now', () => {
    leave(JSON.stringify({ ...content, born: 'long ago' }));
    expect(findStack(dataDir)).toBeUndefined();
  });

  it('that was cut off is no obstacle', () => {
    leave('{"pid":');
    expect(findStack(dataDir)).toBeUndefined();
    claimStackFile(dataDir, content);
    expect(JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('is not looked for in a folder that is none', () => {
    expect(findStack(join(dataDir, 'nowhere'))).toBeUndefined();
  });
});
