import type { ParkedRecord, ParkedWish } from '../inbox.port';

/** An unsettled parked record with what somebody wants of it. */
export type QueuedRecord = { readonly record: ParkedRecord; readonly wish?: ParkedWish['wish'] };

const queueOf = ({ id, topic, partition, key, holdsKey }: ParkedRecord): string =>
  holdsKey && key !== null ? JSON.stringify([topic, partition, key]) : id;

/**
 * What can be settled now of one group's unsettled records, given in the order in which they were parked: in each key's
 * queue from its head, up to the first record that failed and that nobody has asked for.
 */
export const settleable = (unsettled: readonly QueuedRecord[]): readonly ParkedWish[] => {
  const blocked = new Set<string>();
  const wishes: ParkedWish[] = [];
  for (const { record, wish } of unsettled) {
    const queue = queueOf(record);
    if (blocked.has(queue)) continue;
    const due = wish ?? (record.kind === 'queued' ? 'redrive' : undefined);
    if (due === undefined) blocked.add(queue);
    else wishes.push({ record, wish: due });
  }
  return wishes;
};
