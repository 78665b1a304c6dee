import type { AppendRequest, EventStore } from '@murmuration/event-store';
import { assert, epochMs, type Instant } from '@murmuration/kernel';
import { lane } from '../core/lane';
import { settleable } from '../core/parked-queue';
import {
  type Claim,
  type Inbox,
  type InboxPart,
  type InboxVerdict,
  type ParkedFilter,
  type ParkedRecord,
  type ParkedTrailEntry,
  type ParkedWish,
  type SettledRecord,
  SYSTEM,
} from '../inbox.port';
import { inboxVerdictOf } from '../inbox-verdict';
import type { Watermark } from '../link';

type HeldClaim = {
  epoch: number;
  sequence: number;
  starts: number;
  /** `epoch` is the claim's that noted it last, unless it took that back. */
  suspect: { readonly offset: string; readonly attempts: number; readonly epoch?: number };
  nextOffset: string;
  readonly watermarks: Map<string, Watermark>;
};

type ParkedEntry = {
  readonly group: string;
  record: ParkedRecord;
  wish?: ParkedWish['wish'] | undefined;
  settledAt?: Instant;
  readonly trail: ParkedTrailEntry[];
};

type Place = Pick<Claim, 'group' | 'topic' | 'partition'>;

const keyOf = ({ group, topic, partition }: Place): string => JSON.stringify([group, topic, partition]);

const unclaimed = (): HeldClaim => ({
  ...{ epoch: 0, sequence: 0, starts: 0, suspect: { offset: '', attempts: 0 }, nextOffset: '0' },
  watermarks: new Map<string, Watermark>(),
});

const fits =
  ({ group, topic, partition, key, kind }: ParkedFilter) =>
  ({ group: owner, record }: ParkedEntry): boolean =>
    (group === undefined || owner === group) &&
    (topic === undefined || record.topic === topic) &&
    (partition === undefined || record.partition === partition) &&
    (key === undefined || record.key === key) &&
    (kind === undefined || record.kind === kind);

const isAt = (
  places: readonly Pick<Claim, 'topic' | 'partition'>[] | undefined,
  { topic, partition }: ParkedRecord,
): boolean => places?.some((place) => place.topic === topic && place.partition === partition) ?? true;

/** Keeps what was heard in this process, beside a store whose appends take effect at once. */
export const memoryInbox = (store: Pick<EventStore, 'append'>, { now }: { readonly now: () => Instant }): Inbox => {
  const claims = new Map<string, HeldClaim>();
  const parked = new Map<string, ParkedEntry>();
  const turns = lane();

  const unsettled = (): ParkedEntry[] => [...parked.values()].filter(({ settledAt }) => settledAt === undefined);
  const openEntry = (id: string): ParkedEntry | undefined => {
    const entry = parked.get(id);
    return entry?.settledAt === undefined ? entry : undefined;
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
    const held = found ?? unclaimed();
    held.epoch += 1;
    held.starts += 1;
    held.sequence = 0;
    claims.set(keyOf(place), held);
    const { epoch, starts, nextOffset, watermarks } = held;
    return { ...place, epoch, starts, nextOffset, watermarks: new Map(watermarks), parkedKeys: parkedKeysOf(place) };
  };

  const settle = ({ id, outcome, reason, kind = 'failed' }: SettledRecord): void => {
    const entry = openEntry(id);
    if (entry === undefined) return;
    entry.trail.push({ at: now(), actor: 'consumer', action: outcome, ...(reason !== undefined && { reason }) });
    if (outcome === 'failed-again') {
      // A discard never fails: this one came meanwhile.
      if (entry.wish !== 'discard') entry.wish = undefined;
      entry.record = { ...entry.record, kind, reason: reason ?? entry.record.reason };
    } else {
      entry.settledAt = now();
    }
  };

  /** Where a part stands to its claim. */
  const standing = (part: InboxPart): 'next' | 'repeated' | 'fenced' => {
    const held = claims.get(keyOf(part.claim));
    if (held?.epoch !== part.claim.epoch) return 'fenced';
    if (held.sequence === part.sequence) return 'repeated';
    return held.sequence === part.sequence - 1 ? 'next' : 'fenced';
  };

  const write = (part: InboxPart): void => {
    const held = claims.get(keyOf(part.claim));
    assert(held !== undefined, 'a claim that was just found');
    held.sequence = part.sequence;
    held.starts = 0;
    held.nextOffset = part.nextOffset;
    for (const [source, watermark] of part.watermarks) held.watermarks.set(source, watermark);
    for (const record of part.parked)
      if (!parked.has(record.id)) parked.set(record.id, { group: part.claim.group, record, trail: [] });
    for (const settled of part.settled) settle(settled);
  };

  const commit = async (parts: readonly InboxPart[], append: AppendRequest): Promise<InboxVerdict> => {
    const standings = new Set(parts.map(standing));
    if (standings.has('fenced') || standings.size > 1) return { outcome: 'fenced' };
    if (standings.has('repeated')) return { outcome: 'committed', repeated: true };
    const isEmpty = append.checks.length + append.events.length === 0;
    const verdict: InboxVerdict = isEmpty ? { outcome: 'committed' } : inboxVerdictOf(await store.append(append));
    if (verdict.outcome === 'committed') parts.forEach(write);
    return verdict;
  };

  return {
    claim: (group, topic, partition) => turns.run(async () => claim({ group, topic, partition })),
    noteAttempt: (place, offset) =>
      turns.run(async () => {
        const held = claims.get(keyOf(place));
        if (held?.epoch !== place.epoch) return 1;
        const { suspect } = held;
        const before = suspect.offset === offset ? suspect.attempts : 0;
        const attempts = before > 0 && suspect.epoch === place.epoch ? before : before + 1;
        held.suspect = { offset, attempts, epoch: place.epoch };
        return attempts;
      }),
    withdrawAttempt: (place, offset) =>
      turns.run(async () => {
        const held = claims.get(keyOf(place));
        if (held?.suspect.offset !== offset || held.suspect.epoch !== place.epoch) return;
        held.suspect = { offset, attempts: Math.max(0, held.suspect.attempts - 1) };
      }),
    commit: (batch) => turns.run(() => commit([batch], batch.append)),
    commitTogether: (parts, append) => turns.run(() => commit(parts, append)),
    listParked: async (filter) => {
      const { afterId, limit } = filter;
      const all = [...parked.values()];
      const start = afterId === undefined ? 0 : all.findIndex(({ record }) => record.id === afterId) + 1;
      const found = all.slice(start).filter((entry) => entry.settledAt === undefined && fits(filter)(entry));
      return found.slice(0, limit).map(({ record }) => record);
    },
    findParked: async (id) => openEntry(id)?.record,
    countParked: async () => unsettled().length,
    wish: async (id, wish, actor) => {
      const entry = openEntry(id);
      if (entry === undefined) return 'not-parked';
      if (actor === SYSTEM && entry.wish !== undefined) return 'noted';
      entry.wish = wish;
      entry.trail.push({ at: now(), actor, action: wish });
      return 'noted';
    },
    readTrail: async (id) => [...(parked.get(id)?.trail ?? [])],
    edit: async (id, { value, headers }, actor) => {
      const entry = openEntry(id);
      if (entry === undefined) return 'not-parked';
      entry.trail.push({ at: now(), actor, action: 'edit' });
      entry.record = { ...entry.record, value, headers };
      return 'edited';
    },
    listWishes: async (group, places) =>
      settleable(
        unsettled()
          .filter((entry) => entry.group === group && isAt(places, entry.record))
          .map(({ record, wish }) => ({ record, ...(wish && { wish }) })),
      ),
    pruneSettled: async (before, limit) => {
      const old = [...parked.values()].flatMap(({ settledAt, record: { id } }) =>
        settledAt !== undefined && epochMs(settledAt) < epochMs(before) ? [{ settledAt, id }] : [],
      );
      old.sort((one, other) => epochMs(one.settledAt) - epochMs(other.settledAt));
      const pruned = old.slice(0, limit);
      for (const { id } of pruned) parked.delete(id);
      return pruned.length;
    },
  };
};
