import type { NewEvent } from '@murmuration/event-store';
import { epochMs, type Message } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { ConsumerListener } from '../consumer-listener';
import type { DecodeRecord } from '../heard';
import type { Claim, Inbox, ParkedRecord, ParkedWish, SettledRecord } from '../inbox.port';
import type { Inbound } from '../link';
import { MessagingError } from '../messaging-error';
import { type Admitted, admissionOf, lagMsOf } from './admission';
import { type CircuitBreaker, circuitBreaker } from './circuit-breaker';
import { claimSession, type Ended } from './claim-session';
import { commandsOf, type DecidedSlice, decideSlice, isParked, type Prepared, type Slice } from './decide-slice';
import type { Decisions, StreamReader } from './decisions';
import { decodeOnce } from './decode-record';
import type { JointPart, JointWork } from './joint-work';
import { lane as singleLane, type Lane } from './lane';
import { settleParked, type SettledWish } from './settle-parked';
import { type BatchFigures, freshSlice, sliceWorker, watermarksOf } from './slice-worker';
import { unsettled } from './unsettled';

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
  /** Shared likewise by those that look for a record which ends the process: one at a time, or innocent ones are taken for it. */
  readonly suspects?: Lane;
  /** Shared by the topic-partitions whose batches may be stored in one statement; each one is stored alone without it. */
  readonly joint?: JointWork<Command>;
  readonly listener?: ConsumerListener;
  /** Shared by the topic-partitions of one process, so that all of them wait for one probe while the database is away. */
  readonly breaker?: CircuitBreaker;
  /** What the service itself stores about a record that was parked, in the same statement. */
  readonly announceParked?: (record: ParkedRecord) => NewEvent | undefined;
  /** The same for one that is parked no more. */
  readonly announceUnparked?: (record: ParkedRecord, settled: SettledRecord) => NewEvent | undefined;
  readonly recordsPerBatchMax?: number;
  /** Records kept in memory per topic-partition while one before them is missing. */
  readonly heldRecordsMax?: number;
  readonly gapAlertMs?: number;
  /** How long a record may wait for its next attempts, all in all, before its key is parked. */
  readonly retryBudgetMs?: number;
};

export type Handled = {
  /**
   * `fenced`: another holds the claim, or a bug has ended it; drop this consumer and rejoin the group. `halted`: the source was rewound, nothing of
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
const RETRY_BUDGET_MS = 30_000;
/** After so many starts without a commit the next records are handled one by one, each noted before. */
const STARTS_BEFORE_CAUTION = 2;
const ATTEMPTS_PER_RECORD_MAX = 3;

/** Whether a record is still parked, as far as this consumer knows. */
const STAYS: Readonly<Record<SettledWish['outcome'], boolean>> = {
  ...{ redriven: false, discarded: false, gone: false },
  ...{ 'failed-again': true, 'not-stored': true, ended: true },
};

const FATAL = {
  kind: 'failed',
  reason: `${ATTEMPTS_PER_RECORD_MAX} processes ended while they handled it`,
} as const;

/** Applies the records of one claimed topic-partition, exactly once and in order per key. */
export const partitionConsumer = <Command extends Message>(
  claim: Claim,
  options: ConsumerOptions<Command>,
): PartitionConsumer => {
  const { inbox, reader, decisions, decode, clock, chance, lane, announceParked, listener = {} } = options;
  const { recordsPerBatchMax = RECORDS_PER_BATCH_MAX } = options;
  const { heldRecordsMax = HELD_RECORDS_MAX, gapAlertMs = GAP_ALERT_MS, retryBudgetMs = RETRY_BUDGET_MS } = options;
  const { topic, partition } = claim;
  const place = `${topic}/${partition}`;
  const breaker = options.breaker ?? circuitBreaker({ chance, listener });
  const suspects = options.suspects ?? singleLane();
  const session = claimSession(claim, { ...options, listener });
  const admission = admissionOf(claim, { heldRecordsMax, gapAlertMs, clock, listener });
  const deciding = { place: claim, decisions, reader, now: () => clock.now() };
  const parkedKeys = new Map(claim.parkedKeys);
  const { announceUnparked } = options;
  const settling = { ...deciding, decode, session, inbox, lane, chance, announceUnparked };
  const vain = unsettled(listener);
  let cautiousRecords = claim.starts >= STARTS_BEFORE_CAUTION ? recordsPerBatchMax : 0;
  let noted: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const waitsForKey = ({ record: { key }, linked }: Admitted): boolean =>
    linked === undefined || (key !== null && isParked(parkedKeys, key));

  const prepare = async (admitted: readonly Admitted[]): Promise<readonly Prepared<Command>[]> => {
    const prepared: Prepared<Command>[] = [];
    const waiting: Promise<void>[] = [];
    for (const [index, item] of admitted.entries()) {
      const decoded = waitsForKey(item)
        ? ({ kind: 'ignored', why: 'it will be parked' } as const)
        : decodeOnce(item.record, decode);
      if (!(decoded instanceof Promise)) prepared[index] = { ...item, decoded };
      else waiting.push(decoded.then((made) => void (prepared[index] = { ...item, decoded: made })));
    }
    if (waiting.length > 0) await Promise.all(waiting);
    return prepared;
  };

  const offsetBefore = (waiting: readonly Slice<Command>[]): string => {
    let next = admission.nextOffset();
    for (const { items } of waiting) for (const { offset } of items) next = Math.min(next, offset);
    return String(next);
  };

  const tell = (
    items: readonly Prepared<Command>[],
    { parked, stale, applied, ignored }: DecidedSlice<Command>,
    { events, startedAtMs, duplicates }: BatchFigures,
  ): void => {
    for (const record of parked) {
      if (record.holdsKey && record.key !== null) parkedKeys.set(record.key, (parkedKeys.get(record.key) ?? 0) + 1);
      listener.parked?.(record);
    }
    if (listener.stale) for (const { record, step, reason } of stale) listener.stale(record, step, reason);
    const newest = items.at(-1);
    listener.batch?.({
      ...{ topic, partition, records: items.length + duplicates, duplicates, events },
      ...{ applied, ignored, stale: stale.length, parked: parked.length },
      durationMs: epochMs(clock.now()) - startedAtMs,
      lagMs: newest ? lagMsOf(newest.record, clock) : 0,
    });
  };

  const worker = sliceWorker({
    ...{ session, deciding, decode, inbox, breaker, lane, clock, chance, listener, parkedKeys },
    ...{ announceParked, retryBudgetMs, offsetBefore, tell },
  });

  /** The same in one statement with other topic-partitions, which needs a slice without any trouble. */
  const workTogether = async (items: readonly Prepared<Command>[], duplicates: number): Promise<void> => {
    const startedAtMs = epochMs(clock.now());
    const slice = freshSlice(items);
    let decided: DecidedSlice<Command> | undefined;
    await options.joint?.do({
      ...{ session, records: items.length, commands: items.flatMap(commandsOf) },
      decide: async (batch): Promise<JointPart | undefined> => {
        decided = await decideSlice(slice, parkedKeys, deciding, batch);
        if (decided.trouble !== undefined) return undefined;
        const content = { nextOffset: offsetBefore([]), watermarks: watermarksOf(items), parked: decided.parked };
        return {
          part: session.part({ ...content, settled: [] }),
          ...{ decided: decided.decided, append: worker.appendOf(decided) },
        };
      },
      stored: ({ part, append }) => {
        session.stored(part);
        if (decided === undefined) return;
        tell(items, decided, { events: append.events.length, startedAtMs, duplicates });
        worker.worked(decided);
      },
      alone: () => worker.apply(items, duplicates),
    });
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
    if (isNews && options.joint && !breaker.isOpen() && !session.inDoubt()) await workTogether(items, duplicates);
    else if (isNews) await worker.apply(items, duplicates);
    if (session.ended() === undefined) noted = undefined;
    if (rewound === undefined || session.ended() !== undefined) return;
    session.end('halted');
    listener.rewound?.({ topic, partition, ...rewound });
  };

  const handleAll = async (records: readonly Inbound[]): Promise<void> => {
    for (let start = 0; start < records.length && session.ended() === undefined;) {
      const count = cautiousRecords > 0 ? 1 : recordsPerBatchMax;
      const batch = records.slice(start, start + count);
      if (cautiousRecords > 0) await suspects.run(() => handleBatch(batch));
      else await handleBatch(batch);
      start += count;
      cautiousRecords = Math.max(0, cautiousRecords - 1);
    }
  };

  const settleAll = async (wishes: readonly ParkedWish[]): Promise<void> => {
    const stuck = new Set<string | null>();
    // There may be no record on its way with which to find out that the database is back.
    if (breaker.isOpen() || session.inDoubt()) await worker.probe();
    for (const wish of wishes) {
      const { key, holdsKey } = wish.record;
      if (session.ended() !== undefined || breaker.isOpen() || session.inDoubt()) return;
      if (holdsKey && stuck.has(key)) continue;
      const settled = await settleParked(wish, settling);
      vain.note(wish, settled);
      if (settled.outcome === 'gone' || !holdsKey || key === null) continue;
      if (STAYS[settled.outcome]) stuck.add(key);
      else leaveQueue(key);
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
    if (ended !== undefined) {
      admission.close();
      breaker.drop(place);
    }
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
        try {
          await handleAll(records);
        } catch (error) {
          // What was admitted is not applied, so nothing may be stored behind it: only a new claim reads it again.
          session.end('fenced');
          throw error;
        }
      }),
    settle: (wishes) => inTurn(() => settleAll(wishes)),
    abandon: () => {
      session.end('abandoned');
      admission.close();
      breaker.drop(place);
      // At once, so that it comes before what the next claim notes.
      if (noted !== undefined) void withdraw(noted);
    },
  };
};
