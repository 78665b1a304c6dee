import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** PostgreSQL refuses to run as root; then it runs as this account. */
export type Account = { readonly uid: number; readonly gid: number };

const USUAL_NOBODY: Account = { uid: 65534, gid: 65534 };

/** The account `nobody` when this process is root, else undefined: PostgreSQL then runs as this process does. */
export const accountForPostgres = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':');
  const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : USUAL_NOBODY;
};

const READ = 4;
const ENTER = 1;

const permits = (path: string, account: Account, wanted: number): boolean => {
  const { mode, uid, gid } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
};

/** Whether the account can enter an existing folder, every folder above it included, and list it. */
export const canUseFolder = (folder: string, account: Account): boolean => {
  if (!permits(folder, account, READ | ENTER)) return false;
  for (let above = dirname(folder); ; above = dirname(above)) {
    if (!permits(above, account, ENTER)) return false;
    if (above === dirname(above)) return true;
  }
};
