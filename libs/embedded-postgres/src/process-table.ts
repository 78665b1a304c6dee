import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export type ProcessEntry = { readonly pid: number; readonly parentPid: number; readonly command: string };

const fromProc = (pid: number): ProcessEntry | undefined => {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may itself hold spaces and parentheses.
    const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parentPid: Number(parentPid), command };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
};

const fromPs = (pid: number): ProcessEntry | undefined => {
  let line: string;
  try {
    line = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if ((error as { readonly status?: number }).status === 1) return undefined;
    throw error;
  }
  const [parentPid, ...command] = line.split(/\s+/);
  return { pid, parentPid: Number(parentPid), command: command.join(' ') };
};

/** A living process by its id; undefined when there is none, or only its zombie. */
export const processEntry = (pid: number): ProcessEntry | undefined => {
  if (process.platform === 'win32') return undefined;
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
};
