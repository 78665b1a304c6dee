import { type Instant, epochMs } from '@murmuration/kernel';
import type { Checkpoint, Coordination, Lease, LeaseOutcome, MoveOutcome } from '../checkpoints.port';

type HeldLease = Lease & { readonly untilMs: number };

const keyOf = (reader: string, logPartition: number): string => `${logPartition} ${reader}`;

export const memoryCoordination = ({ now }: { readonly now: () => Instant }): Coordination => {
  const leases = new Map<string, HeldLease>();
  const checkpoints = new Map<string, Checkpoint>();

  const acquire = (name: string, holder: string, durationMs: number): LeaseOutcome => {
    const nowMs = epochMs(now());
    const found = leases.get(name);
    const healthy = found !== undefined && found.untilMs > nowMs;
    if (healthy && found.holder !== holder) return { outcome: 'taken', retryInMs: found.untilMs - nowMs };
    const epoch = healthy ? found.epoch : (found?.epoch ?? 0) + 1;
    leases.set(name, { name, holder, epoch, untilMs: nowMs + durationMs });
    return { outcome: 'held', lease: { name, holder, epoch } };
  };

  const release = ({ name, holder, epoch }: Lease): void => {
    const found = leases.get(name);
    if (found?.holder === holder && found.epoch === epoch)
      leases.set(name, { ...found, untilMs: Number.NEGATIVE_INFINITY });
  };

  const move = (checkpoint: Checkpoint): MoveOutcome => {
    const key = keyOf(checkpoint.reader, checkpoint.logPartition);
    const found = checkpoints.get(key) ?? { position: 0, epoch: 0 };
    if (checkpoint.epoch < found.epoch || checkpoint.position < found.position) return 'fenced';
    checkpoints.set(key, checkpoint);
    return checkpoint.position === found.position ? 'already-there' : 'moved';
  };

  return {
    acquire: (name, holder, durationMs) => Promise.resolve(acquire(name, holder, durationMs)),
    release: (lease) => Promise.resolve(release(lease)),
    readCheckpoint: (reader, logPartition) =>
      Promise.resolve(checkpoints.get(keyOf(reader, logPartition))?.position ?? 0),
    moveCheckpoint: (checkpoint) => Promise.resolve(move(checkpoint)),
  };
};
