import { readdirSync, readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;

type Stat = { readonly parent: number; readonly cpuMs: number; readonly residentMb: number };

const PAGE_BYTES = 4096;

/** Fields of `/proc/<pid>/stat` by proc(5); undefined for a process that has gone. */
const readStat = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, userTicks, systemTicks, residentPages] = [
      fields[1] ?? 0,
      fields[11] ?? 0,
      fields[12] ?? 0,
      fields[21] ?? 0,
    ];
    return {
      parent,
      cpuMs: ((userTicks + systemTicks) * 1000) / CLOCK_TICKS_PER_SECOND,
      residentMb: (residentPages * PAGE_BYTES) / 2 ** 20,
    };
  } catch {
    return undefined;
  }
};

/** CPU milliseconds that each named process and its children have used so far, and the memory of the named process in MiB. Linux only. */
export const usageOf = (
  pids: Readonly<Record<string, number>>,
): ReadonlyMap<string, { readonly cpuMs: number; readonly residentMb: number }> => {
  const all = new Map<number, Stat>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (stat !== undefined) all.set(pid, stat);
  }
  const withChildren = (root: number): number =>
    [...all].reduce((sum, [pid, stat]) => (pid === root || stat.parent === root ? sum + stat.cpuMs : sum), 0);
  return new Map(
    Object.entries(pids).map(([name, pid]) => [
      name,
      { cpuMs: withChildren(pid), residentMb: all.get(pid)?.residentMb ?? 0 },
    ]),
  );
};
