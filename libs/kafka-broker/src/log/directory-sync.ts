import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes sure that files just created in a folder are found there after a loss of power. Systems without it need it not. */
export const syncDirectory = (directory: string): void => {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
