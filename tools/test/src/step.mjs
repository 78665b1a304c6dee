import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const PARENT_WATCH = fileURLToPath(new URL('../../build/parent-watch.cjs', import.meta.url));

/** A step that takes longer hangs, and counts as failed. */
const STEP_MAX_MS = 12 * 60_000;

const running = new Set();

/** Ends every step under way; each one then resolves as failed. */
export const endSteps = () => {
  for (const child of running) endGroup(child);
};

/** A worker of Jest that is caught in an endless loop outlives Jest and hears nothing but SIGKILL. */
const endGroup = (child) => {
  if (process.platform === 'win32') return child.kill('SIGKILL');
  try {
    return process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
};

/** The pipe of a step is no terminal, but what it says may end up in one. */
const colours = () => (process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined });

/**
 * Runs a Node script and keeps what it prints. `onLine` sees each line at once. Resolves to `{ code, output, durationMs }`;
 * a script that was ended by a signal has the code 128 + its number.
 */
export const runScript = (script, args, { env = {}, onLine = () => {} } = {}) =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, ['--require', PARENT_WATCH, script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...colours(), ...env, MURMURATION_PARENT_FD: '3' },
      detached: process.platform !== 'win32',
    });
    let output = '';
    running.add(child);
    const tooLong = setTimeout(() => {
      output += `ended, since it took longer than ${STEP_MAX_MS / 60_000} minutes\n`;
      endGroup(child);
    }, STEP_MAX_MS);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) onLine(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      clearTimeout(tooLong);
      resolve({ code: code ?? 128 + constants.signals[signal], output, durationMs: performance.now() - startedMs });
    });
  });
