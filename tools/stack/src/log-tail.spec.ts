import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastWords } from './log-tail';

describe('the last words of a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-tail-'));
  const logFile = join(folder, 'unit.log');
  afterAll(() => rmSync(folder, { recursive: true }));

  const wordsOf = (text: string, fromByte = 0): string | undefined => {
    writeFileSync(logFile, text);
    return lastWords(logFile, fromByte);
  };

  it('are the last line that is not empty', () => {
    expect(wordsOf('one\nconfig: PORT must be a whole number\n\n')).toBe('config: PORT must be a whole number');
  });

  it('are the message of a structured line, with that of its error', () => {
    expect(wordsOf('{"level":"fatal","err":{"message":"disk full"},"msg":"cannot go on"}\n')).toBe(
      'cannot go on: disk full',
    );
  });

  it('are the error above a stack trace', () => {
    const trace = 'TypeError: x is not a function\n    at main (a.js:1:1)\n    at b.js:2:2\n\nNode.js v20.20.2\n';
    expect(wordsOf(`starting\n${trace}`)).toBe('TypeError: x is not a function');
  });

  it('are a line as it is when it only looks structured', () => {
    expect(wordsOf('{"level":\n')).toBe('{"level":');
  });

  it('are none when nothing was said since', () => {
    const former = 'said by the process before\n';
    expect(wordsOf(former, former.length)).toBeUndefined();
  });

  it('are one line of bounded length', () => {
    expect(wordsOf('x'.repeat(100_000))).toHaveLength(300);
  });
});
