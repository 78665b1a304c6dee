import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** In /proc/<pid>/stat, counted from the state, which follows the name in parentheses. */
const START_TIME_FIELD = 19;

const bornByProc = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[START_TIME_FIELD];
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
};

const bornByPs = (pid: number): string | undefined => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if ((error as { readonly status?: number }).status === 1) return undefined;
    throw error;
  }
};

const bornBySignal = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : undefined;
  }
};

/**
 * When a living process was born, in a form of this machine's own; undefined when there is none. The number of a process is
 * given again once it has ended, the number together with its birth is not.
 */
export const bornAt = (pid: number): string | undefined => {
  if (process.platform === 'win32') return bornBySignal(pid);
  return existsSync('/proc/self/stat') ? bornByProc(pid) : bornByPs(pid);
};
