import { type AppendRequest, mergeRequests, type NewEvent } from '@murmuration/event-store';
import { epochMs, type Message } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { ConsumerListener } from '../consumer-listener';
import type { DecodeRecord } from '../heard';
import type { Claim, Inbox, ParkedRecord, ParkedWish } from '../inbox.port';
import type { Inbound, Watermark } from '../link';
import { MessagingError } from '../messaging-error';
import { type Admitted, admissionOf, lagMsOf } from './admission';
import { claimSession, type Ended, NOTHING } from './claim-session';
import { commandsOf, type DecidedSlice, decideSlice, type Prepared, type Slice } from './decide-slice';
import type { Decisions, StreamReader } from './decisions';
import { decodePatiently } from './decode-record';
import type { JointPart, JointWork } from './joint-work';
import type { Lane } from './lane';
import { watermarkOf } from './link-codec';
import { settleParked } from './settle-parked';

export type ConsumerOptions<Command extends Message> = {
  readonly inbox: Inbox;
  readonly reader: StreamReader;
  readonly decisions: Decisions<Command>;
  readonly decode: DecodeRecord<Command>;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly chance: () => number;
  /** Shared by all consumers of one process, so that they decide one after the other and do not conflict. */
  readonly lane: Lane;
  /** Shared by the topic-partitions whose batches may be stored in one statement; each one is stored alone without it. */
  readonly joint?: JointWork<Command>;
  readonly listener?: ConsumerListener;
  /** What the service itself stores about a record that was parked, in the same statement. */
  readonly announceParked?: (record: ParkedRecord) => NewEvent | undefined;
  readonly recordsPerBatchMax?: number;
  /** Records kept in memory per topic-partition while one before them is missing. */
  readonly heldRecordsMax?: number;
  readonly gapAlertMs?: number;
};

export type Handled = {
  /**
   * `fenced`: another holds the claim; drop this consumer and rejoin the group. `halted`: the source was rewound, nothing of
   * this topic-partition may be applied. `abandoned`: told to stop before the end. After any of them this consumer is done.
   */
  readonly outcome: 'applied' | Ended;
  /** Where a restart would begin, as stored. */
  readonly nextOffset: string;
  /** Read again from this offset. */
  readonly seekTo?: string;
};

export type PartitionConsumer = {
  readonly claim: Claim;
  readonly nextOffset: () => string;
  /**
   * Records in the order of the topic-partition. A call waits for the one before. Never rejects for what a record says or
   * the database does.
   */
  handle(records: readonly Inbound[]): Promise<Handled>;
  /** Applies parked records again or discards them, in the order given. What fails again keeps the rest of its key waiting. */
  settle(wishes: readonly ParkedWish[]): Promise<Handled>;
  /** Ends all waiting; what is being stored is finished or dropped as a whole. */
  abandon(): void;
};

const RECORDS_PER_BATCH_MAX = 500;
const HELD_RECORDS_MAX = 10_000;
const GAP_ALERT_MS = 30_000;
/** After so many starts without a commit the next records are handled one by one, each noted before. */
const STARTS_BEFORE_CAUTION = 2;
const ATTEMPTS_PER_RECORD_MAX = 3;
const CONFLICTS_TOGETHER_MAX = 3;
const CONFLICTS_ALONE_MAX = 20;

const FATAL = {
  kind: 'failed',
  reason: `${ATTEMPTS_PER_RECORD_MAX} processes ended while they handled it`,
} as const;

/** Applies the records of one claimed topic-partition, exactly once and in order per key. */
export const partitionConsumer = <Command extends Message>(
  claim: Claim,
  options: ConsumerOptions<Command>,
): PartitionConsumer => {
  const { inbox, reader, decisions, decode, clock, lane, announceParked, listener = {} } = options;
  const { recordsPerBatchMax = RECORDS_PER_BATCH_MAX } = options;
  const { heldRecordsMax = HELD_RECORDS_MAX, gapAlertMs = GAP_ALERT_MS } = options;
  const { topic, partition } = claim;
  const session = claimSession(claim, { ...options, listener });
  const admission = admissionOf(claim, { heldRecordsMax, gapAlertMs, clock, listener });
  const deciding = { place: claim, decisions, reader, now: () => clock.now() };
  const parkedKeys = new Map(claim.parkedKeys);
  let cautiousRecords = claim.starts >= STARTS_BEFORE_CAUTION ? recordsPerBatchMax : 0;
  let noted: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const waitsForKey = ({ record: { key }, linked }: Admitted): boolean =>
    linked === undefined || (key !== null && parkedKeys.has(key));

  const prepare = async (admitted: readonly Admitted[]): Promise<readonly Prepared<Command>[]> => {
    const prepared: Prepared<Command>[] = [];
    const waiting: Promise<void>[] = [];
    for (const [index, item] of admitted.entries()) {
      const decoded = waitsForKey(item)
        ? ({ kind: 'ignored', why: 'it will be parked' } as const)
        : decodePatiently(item.record, decode, session);
      if (!(decoded instanceof Promise)) prepared[index] = { ...item, decoded };
      else waiting.push(decoded.then((made) => void (prepared[index] = { ...item, decoded: made })));
    }
    if (waiting.length > 0) await Promise.all(waiting);
    return prepared;
  };

  const appendOf = ({ decided, parked }: DecidedSlice<Command>): AppendRequest => {
    const merged = decided.length === 0 ? NOTHING : mergeRequests(decided.map(({ request }) => request));
    if (announceParked === undefined || parked.length === 0) return merged;
    const said = parked.map(announceParked).filter((event) => event !== undefined);
    return { checks: merged.checks, events: [...merged.events, ...said] };
  };

  const watermarksOf = (items: readonly Admitted[]): ReadonlyMap<string, Watermark> => {
    const moved = new Map<string, Watermark>();
    for (const { linked } of items) if (linked) moved.set(linked.key, watermarkOf(linked.link));
    return moved;
  };

  const offsetBefore = (waiting: readonly Slice<Command>[]): string => {
    let next = admission.nextOffset();
    for (const { items } of waiting) for (const { offset } of items) next = Math.min(next, offset);
    return String(next);
  };

  const tell = (
    items: readonly Prepared<Command>[],
    { parked, stale, applied, ignored }: DecidedSlice<Command>,
    figures: { readonly events: number; readonly startedAtMs: number; readonly duplicates: number },
  ): void => {
    for (const record of parked) {
      if (record.holdsKey && record.key !== null) parkedKeys.set(record.key, (parkedKeys.get(record.key) ?? 0) + 1);
      listener.parked?.(record);
    }
    if (listener.stale) for (const { record, step, reason } of stale) listener.stale(record, step, reason);
    const { events, startedAtMs, duplicates } = figures;
    const newest = items.at(-1);
    listener.batch?.({
      ...{ topic, partition, records: items.length + duplicates, duplicates, events },
      ...{ applied, ignored, stale: stale.length, parked: parked.length },
      durationMs: epochMs(clock.now()) - startedAtMs,
      lagMs: newest ? lagMsOf(newest.record, clock) : 0,
    });
  };

  const eachAlone = (items: readonly Prepared<Command>[]): Slice<Command>[] =>
    items.map((item) => ({ items: [item], alone: true, conflicts: 0 }));

  const afterConflict = async (slice: Slice<Command>): Promise<readonly Slice<Command>[]> => {
    const conflicts = slice.conflicts + 1;
    if (!slice.alone) return conflicts < CONFLICTS_TOGETHER_MAX ? [{ ...slice, conflicts }] : eachAlone(slice.items);
    if (conflicts >= CONFLICTS_ALONE_MAX) return [{ ...slice, parkWith: `other writers won ${conflicts} times` }];
    await session.pauseAfterConflict(conflicts);
    return [{ ...slice, conflicts }];
  };

  /** Splits a slice at the record that cannot be decided with the others. */
  const splitAt = ({ items }: Slice<Command>, trouble: number | undefined) => {
    if (trouble === undefined) return { done: items, remaining: [] };
    const rest = items.slice(trouble + 1);
    const together = rest.length > 0 ? [{ items: rest, alone: false, conflicts: 0 }] : [];
    return { done: items.slice(0, trouble), remaining: [...eachAlone(items.slice(trouble, trouble + 1)), ...together] };
  };

  /** Decides and stores one slice. Answers the slices that are still to be done in its place. */
  const work = async (
    slice: Slice<Command>,
    later: readonly Slice<Command>[],
    duplicates: number,
  ): Promise<readonly Slice<Command>[]> => {
    const startedAtMs = epochMs(clock.now());
    const decided = await session.persistently(() => decideSlice(slice, parkedKeys, deciding));
    const { done, remaining } = splitAt(slice, decided.trouble);
    if (decided.trouble === 0) return remaining;
    const append = appendOf(decided);
    const nextOffset = offsetBefore([...remaining, ...later]);
    const content = { nextOffset, watermarks: watermarksOf(done), parked: decided.parked, settled: [] };
    const verdict = await session.commit(content, append);
    // A fresh batch, or one in which a record failed halfway, holds states that the shared ones must not take over.
    const share = verdict.outcome === 'committed' && !slice.alone && decided.trouble === undefined;
    if (share) decided.batch.commit(decided.decided);
    else decisions.forget(append.checks.map(({ streamId }) => streamId));
    switch (verdict.outcome) {
      case 'committed':
        tell(done, decided, { events: append.events.length, startedAtMs, duplicates });
        return remaining;
      case 'fenced':
        return [];
      case 'conflict':
        listener.conflict?.({ topic, partition, streamId: verdict.streamId, attempt: slice.conflicts + 1 });
        return afterConflict(slice);
      case 'refused':
        return slice.alone ? [{ ...slice, parkWith: verdict.reason }] : eachAlone(slice.items);
    }
  };

  /** The same in one statement with other topic-partitions, which needs a slice without any trouble. */
  const workTogether = async (items: readonly Prepared<Command>[], duplicates: number): Promise<void> => {
    const startedAtMs = epochMs(clock.now());
    const slice = { items, alone: false, conflicts: 0 };
    let decided: DecidedSlice<Command> | undefined;
    await options.joint?.do({
      ...{ session, records: items.length, commands: items.flatMap(commandsOf) },
      decide: async (batch): Promise<JointPart | undefined> => {
        decided = await decideSlice(slice, parkedKeys, deciding, batch);
        if (decided.trouble !== undefined) return undefined;
        const content = { nextOffset: offsetBefore([]), watermarks: watermarksOf(items), parked: decided.parked };
        return { part: session.part({ ...content, settled: [] }), decided: decided.decided, append: appendOf(decided) };
      },
      stored: ({ part, append }) => {
        session.stored(part);
        if (decided) tell(items, decided, { events: append.events.length, startedAtMs, duplicates });
      },
      alone: () => apply(items, duplicates),
    });
  };

  const apply = async (items: readonly Prepared<Command>[], duplicates: number): Promise<void> => {
    let slices: readonly Slice<Command>[] = [{ items, alone: false, conflicts: 0 }];
    for (let uncounted = duplicates; slices.length > 0 && session.ended() === undefined; uncounted = 0) {
      const [slice, ...later] = slices;
      if (slice === undefined) return;
      slices = [...(await work(slice, later, uncounted)), ...later];
    }
  };

  /** Whether the record was begun under several claims and none of them lived to commit it. */
  const hasEndedProcesses = async ([only]: readonly Admitted[]): Promise<boolean> => {
    if (only === undefined || waitsForKey(only)) return false;
    const { offset } = only.record;
    noted = offset;
    const attempts = await session.persistently(() => inbox.noteAttempt(claim, offset));
    return attempts > ATTEMPTS_PER_RECORD_MAX;
  };

  const handleBatch = async (records: readonly Inbound[]): Promise<void> => {
    const { admitted, duplicates, rewound } = admission.take(records);
    const fatal = cautiousRecords > 0 ? await hasEndedProcesses(admitted) : false;
    const items = fatal ? admitted.map((item) => ({ ...item, decoded: FATAL })) : await prepare(admitted);
    const isNews = items.length > 0 || String(admission.nextOffset()) !== session.committed();
    if (isNews && options.joint) await workTogether(items, duplicates);
    else if (isNews) await lane.run(() => apply(items, duplicates));
    if (session.ended() === undefined) noted = undefined;
    if (rewound === undefined || session.ended() !== undefined) return;
    session.end('halted');
    listener.rewound?.({ topic, partition, ...rewound });
  };

  const settleAll = async (wishes: readonly ParkedWish[]): Promise<void> => {
    const stuck = new Set<string | null>();
    for (const wish of wishes) {
      const { key, holdsKey } = wish.record;
      if (session.ended() !== undefined) return;
      if (holdsKey && stuck.has(key)) continue;
      const settled = await lane.run(() => settleParked(wish, { ...deciding, decode, session, inbox }));
      if (settled?.outcome === 'failed-again') stuck.add(key);
      else if (settled && holdsKey && key !== null) leaveQueue(key);
    }
  };

  const leaveQueue = (key: string): void => {
    const left = (parkedKeys.get(key) ?? 0) - 1;
    if (left > 0) parkedKeys.set(key, left);
    else if (parkedKeys.delete(key)) listener.unparked?.(key, topic, partition);
  };

  /** This process lives, so whatever kept the record from being stored was not its end. */
  const withdraw = async (offset: string): Promise<void> => {
    noted = undefined;
    try {
      await inbox.withdrawAttempt(claim, offset);
    } catch (error) {
      listener.storingFailed?.(error);
    }
  };

  const handled = (): Handled => {
    const ended = session.ended();
    if (ended !== undefined) admission.close();
    const seekTo = ended === undefined ? admission.takeSeek() : undefined;
    return {
      outcome: ended ?? 'applied',
      nextOffset: session.committed(),
      ...(seekTo !== undefined && { seekTo: String(seekTo) }),
    };
  };

  const inTurn = (task: () => Promise<void>): Promise<Handled> => {
    const mine = turn.then(async () => {
      try {
        if (session.ended() === undefined) await task();
      } catch (error) {
        if (!(error instanceof MessagingError && error.code === 'closed')) throw error;
      }
      if (noted !== undefined) await withdraw(noted);
      return handled();
    });
    turn = mine.catch(() => undefined);
    return mine;
  };

  return {
    claim,
    nextOffset: () => session.committed(),
    handle: (records) =>
      inTurn(async () => {
        for (let start = 0; start < records.length && session.ended() === undefined;) {
          const count = cautiousRecords > 0 ? 1 : recordsPerBatchMax;
          await handleBatch(records.slice(start, start + count));
          start += count;
          cautiousRecords = Math.max(0, cautiousRecords - 1);
        }
      }),
    settle: (wishes) => inTurn(() => settleAll(wishes)),
    abandon: () => {
      session.end('abandoned');
      admission.close();
      // At once, so that it comes before what the next claim notes.
      if (noted !== undefined) void withdraw(noted);
    },
  };
};
