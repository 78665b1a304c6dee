import { appendFile } from 'node:fs/promises';
import type { Courier } from './courier.port';

/** Where no courier is set up: says so, to the log and to the customer's record, and never what the code was. */
export const noCourier =
  (log: (fields: Readonly<Record<string, unknown>>, message: string) => void): Courier =>
  async ({ id, customerId, channel }) => {
    log({ id, customerId, channel }, 'no courier is set up: the code was not sent');
    return { refused: 'no courier is set up' };
  };

const OWNER_ONLY = 0o600;

/** Writes each message as a line of JSON at the end of a file, for whoever carries them on from there. */
export const fileCourier =
  (path: string): Courier =>
  async (message) => {
    await appendFile(path, `${JSON.stringify(message)}\n`, { mode: OWNER_ONLY });
    return 'handed-over';
  };
