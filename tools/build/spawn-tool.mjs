import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Preloaded into every Node child: ends it politely when this process is gone without a word. */
const PARENT_WATCH = fileURLToPath(new URL('./parent-watch.cjs', import.meta.url));

/** The pipe whose end means that the parent is gone: the first file descriptor after stdin, stdout and stderr. */
const PARENT_FD = 3;

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A signal of the same name within this time is an echo: a terminal tells the whole group, and npm tells its child as well. */
const ECHO_MS = 500;

const NPM_POLL_MS = 200;

/**
 * Runs a Node script in a process group of its own, so that each signal reaches it exactly once, through here. Resolves to
 * its exit code, or to 128 + the number of the signal that ended it.
 */
export const spawnTool = ({ script, args = [], env = process.env, nodeArgs = [] }) =>
  supervise(
    spawn(process.execPath, [...nodeArgs, '--require', PARENT_WATCH, script, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: { ...env, MURMURATION_PARENT_FD: String(PARENT_FD) },
      detached: process.platform !== 'win32',
    }),
  );

/** Runs any other program, such as npm, under the same rules, less the parent watch. */
export const spawnProgram = ({ command, args }) =>
  supervise(
    spawn(command, args, {
      stdio: 'inherit',
      shell: process.platform === 'win32',
      detached: process.platform !== 'win32',
    }),
  );

const supervise = (child) =>
  new Promise((resolve, reject) => {
    const stopForwarding = forwardSignals((signal) => child.kill(signal));
    child.once('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });

const forwardSignals = (forward) => {
  const lastAtMs = new Map();
  const onSignal = (signal) => {
    const sinceMs = performance.now() - (lastAtMs.get(signal) ?? -Infinity);
    if (sinceMs < ECHO_MS) return;
    lastAtMs.set(signal, performance.now());
    forward(signal);
  };
  for (const signal of FORWARDED) process.on(signal, onSignal);
  const stopWatching = watchNpm(() => onSignal('SIGTERM'));
  return () => {
    for (const signal of FORWARDED) process.off(signal, onSignal);
    stopWatching();
  };
};

/**
 * npm runs a script through a shell, and a shell that is ended, or npm killed with SIGKILL, tells nobody: whoever is left is
 * adopted by another process. So the ancestors are looked at: the shell, and where /proc says so also npm above it.
 */
const watchNpm = (onGone) => {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    onGone();
  }, NPM_POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
};

const ancestors = () => {
  const shell = process.ppid;
  const status = `/proc/${shell}/status`;
  return existsSync(status)
    ? `${shell} below ${/^PPid:\s*(\d+)$/m.exec(readFileSync(status, 'utf8'))?.[1]}`
    : `${shell}`;
};
