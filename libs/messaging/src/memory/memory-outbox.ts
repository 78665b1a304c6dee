import type { Outbox, RelayCheckpoint } from '../outbox.port';

const NEVER: RelayCheckpoint = { position: 0, lastSent: new Map() };

/** Keeps relays' places in this process. */
export const memoryOutbox = (): Outbox => {
  const places = new Map<number, { readonly epoch: number; readonly checkpoint: RelayCheckpoint }>();
  return {
    read: async (logPartition) => places.get(logPartition)?.checkpoint ?? NEVER,
    write: async (logPartition, { epoch }, checkpoint) => {
      if ((places.get(logPartition)?.epoch ?? 0) > epoch) return 'fenced';
      places.set(logPartition, { epoch, checkpoint });
      return 'written';
    },
  };
};
