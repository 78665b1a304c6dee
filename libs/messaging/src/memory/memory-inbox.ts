import type { EventStore } from '@murmuration/event-store';
import { lane } from '../core/lane';
import { settleable } from '../core/parked-queue';
import type { Claim, Inbox, InboxBatch, InboxVerdict, ParkedRecord, ParkedWish, SettledRecord } from '../inbox.port';
import { inboxVerdictOf } from '../inbox-verdict';
import type { Watermark } from '../link';

type HeldClaim = {
  epoch: number;
  sequence: number;
  nextOffset: string;
  readonly watermarks: Map<string, Watermark>;
};

type ParkedEntry = {
  readonly group: string;
  record: ParkedRecord;
  wish?: ParkedWish['wish'] | undefined;
  settled: boolean;
};

type Place = Pick<Claim, 'group' | 'topic' | 'partition'>;

const keyOf = ({ group, topic, partition }: Place): string => JSON.stringify([group, topic, partition]);

/** Keeps what was heard in this process, beside a store whose appends take effect at once. */
export const memoryInbox = (store: Pick<EventStore, 'append'>): Inbox => {
  const claims = new Map<string, HeldClaim>();
  const parked = new Map<string, ParkedEntry>();
  const turns = lane();

  const unsettled = (): ParkedEntry[] => [...parked.values()].filter(({ settled }) => !settled);
  const openEntry = (id: string): ParkedEntry | undefined => {
    const entry = parked.get(id);
    return entry?.settled === false ? entry : undefined;
  };

  const parkedKeysOf = ({ group, topic, partition }: Place): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const { group: owner, record } of unsettled()) {
      if (owner !== group || record.topic !== topic || record.partition !== partition) continue;
      if (record.holdsKey && record.key !== null) counts.set(record.key, (counts.get(record.key) ?? 0) + 1);
    }
    return counts;
  };

  const claim = (place: Place): Claim => {
    const found = claims.get(keyOf(place));
    const held = found ?? { epoch: 0, sequence: 0, nextOffset: '0', watermarks: new Map<string, Watermark>() };
    held.epoch += 1;
    held.sequence = 0;
    claims.set(keyOf(place), held);
    const { epoch, nextOffset, watermarks } = held;
    return { ...place, epoch, nextOffset, watermarks: new Map(watermarks), parkedKeys: parkedKeysOf(place) };
  };

  const settle = ({ id, outcome, reason }: SettledRecord): void => {
    const entry = openEntry(id);
    if (entry === undefined) return;
    if (outcome === 'failed-again') {
      entry.wish = undefined;
      entry.record = { ...entry.record, kind: 'failed', reason: reason ?? entry.record.reason };
    } else {
      entry.settled = true;
    }
  };

  const commit = async (batch: InboxBatch): Promise<InboxVerdict> => {
    const held = claims.get(keyOf(batch.claim));
    if (held?.epoch !== batch.claim.epoch) return { outcome: 'fenced' };
    if (held.sequence === batch.sequence) return { outcome: 'committed' };
    if (held.sequence !== batch.sequence - 1) return { outcome: 'fenced' };
    const { checks, events } = batch.append;
    const verdict: InboxVerdict =
      checks.length + events.length === 0 ? { outcome: 'committed' } : inboxVerdictOf(await store.append(batch.append));
    if (verdict.outcome !== 'committed') return verdict;
    held.sequence = batch.sequence;
    held.nextOffset = batch.nextOffset;
    for (const [source, watermark] of batch.watermarks) held.watermarks.set(source, watermark);
    for (const record of batch.parked)
      if (!parked.has(record.id)) parked.set(record.id, { group: batch.claim.group, record, settled: false });
    for (const settled of batch.settled) settle(settled);
    return verdict;
  };

  return {
    claim: (group, topic, partition) => turns.run(async () => claim({ group, topic, partition })),
    commit: (batch) => turns.run(() => commit(batch)),
    listParked: async ({ afterId, limit }) => {
      const all = unsettled().map(({ record }) => record);
      const start = afterId === undefined ? 0 : all.findIndex(({ id }) => id === afterId) + 1;
      return all.slice(start, start + limit);
    },
    findParked: async (id) => openEntry(id)?.record,
    countParked: async () => unsettled().length,
    wish: async (id, wish) => {
      const entry = openEntry(id);
      if (entry === undefined) return 'not-parked';
      entry.wish = wish;
      return 'noted';
    },
    edit: async (id, { value, headers }) => {
      const entry = openEntry(id);
      if (entry === undefined) return 'not-parked';
      entry.record = { ...entry.record, value, headers };
      return 'edited';
    },
    listWishes: async (group) =>
      settleable(
        unsettled()
          .filter((entry) => entry.group === group)
          .map(({ record, wish }) => ({ record, ...(wish && { wish }) })),
      ),
  };
};
