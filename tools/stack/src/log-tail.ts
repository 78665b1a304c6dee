import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES_MAX = 16 * 1024;
const LINE_CHARS_MAX = 300;

const tailOf = (logFile: string, fromByte: number): string => {
  const file = openSync(logFile, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.max(fromByte, size - TAIL_BYTES_MAX);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    const count = readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString('utf8', 0, count);
  } finally {
    closeSync(file);
  }
};

/** The message of a structured log line, or the line as it is. */
const messageOf = (line: string): string => {
  if (!line.startsWith('{')) return line;
  try {
    const { msg, err } = JSON.parse(line) as { readonly msg?: string; readonly err?: { readonly message?: string } };
    return [msg, err?.message].filter((part) => part !== undefined && part !== '').join(': ') || line;
  } catch (error) {
    if (error instanceof SyntaxError) return line;
    throw error;
  }
};

/** A line of a stack trace tells less than the one above it. */
const isTrace = (line: string): boolean => /^\s+at |^Node\.js v|^\s*[}\]]/.test(line);

/** The last thing that a process said in its log since `fromByte`, as one line; undefined when it said nothing. */
export const lastWords = (logFile: string, fromByte: number): string | undefined => {
  const lines = tailOf(logFile, fromByte)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const thrown = lines.findLast((line) => /^\S*Error\b.*:/.test(line));
  const line = lines.findLast((candidate) => !isTrace(candidate));
  const told = isTrace(lines.at(-1) ?? '') ? (thrown ?? line) : line;
  return told === undefined ? undefined : messageOf(told.trim()).slice(0, LINE_CHARS_MAX);
};
