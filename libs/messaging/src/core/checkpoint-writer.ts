import type { Lease } from '@murmuration/event-store';
import type { Clock } from '../clock.port';
import type { Outbox, RelayCheckpoint } from '../outbox.port';
import { pauseOf } from './pause';

export type CheckpointWriter = {
  /** Writes it in the background; of several that wait, only the latest. */
  note(checkpoint: RelayCheckpoint): void;
  fenced(): boolean;
  /** Resolves once the latest one was written, or could not be. */
  close(): Promise<void>;
};

/**
 * Writes a relay's checkpoints at most every `everyMs`, while the relay goes on. A checkpoint that is lost in a crash only
 * makes the next relay repeat records with the links that they had.
 */
export const checkpointWriter = (
  lease: Lease,
  {
    outbox,
    logPartition,
    clock,
    everyMs,
    onFenced,
    onFailure,
  }: {
    readonly outbox: Outbox;
    readonly logPartition: number;
    readonly clock: Clock;
    readonly everyMs: number;
    readonly onFenced: () => void;
    readonly onFailure: (error: unknown) => void;
  },
): CheckpointWriter => {
  const rest = pauseOf(clock);
  let latest: RelayCheckpoint | undefined;
  let writing: Promise<void> | undefined;
  let fenced = false;
  let closing = false;

  const write = async (checkpoint: RelayCheckpoint): Promise<void> => {
    try {
      if ((await outbox.write(logPartition, lease, checkpoint)) === 'written') return;
      fenced = true;
      onFenced();
    } catch (error) {
      onFailure(error);
      if (!closing) latest ??= checkpoint;
    }
  };
  const drain = async (): Promise<void> => {
    while (latest !== undefined && !fenced) {
      const checkpoint = latest;
      latest = undefined;
      await write(checkpoint);
      if (!closing) await rest.wait(everyMs);
    }
    writing = undefined;
  };

  return {
    note: (checkpoint) => {
      latest = checkpoint;
      writing ??= drain();
    },
    fenced: () => fenced,
    close: async () => {
      closing = true;
      rest.wake();
      await writing;
    },
  };
};
