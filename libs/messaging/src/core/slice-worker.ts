import { type AppendRequest, mergeRequests, type NewEvent } from '@murmuration/event-store';
import { epochMs, type Message } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { ConsumerListener } from '../consumer-listener';
import type { DecodeRecord } from '../heard';
import { type Inbox, type ParkedRecord, SYSTEM } from '../inbox.port';
import type { Watermark } from '../link';
import type { Admitted } from './admission';
import type { CircuitBreaker } from './circuit-breaker';
import { type ClaimSession, NOTHING, PROBE_STREAM, reasonOf, type Settled, type Stored } from './claim-session';
import {
  CUT_MAX,
  type CutLevel,
  type DecidedSlice,
  decideSlice,
  type DecidingOptions,
  type Prepared,
  type Slice,
} from './decide-slice';
import { decodeOnce } from './decode-record';
import type { Lane } from './lane';
import { watermarkOf } from './link-codec';
import { backoffMs } from './pause';

/** How one batch ended. */
export type BatchFigures = { readonly events: number; readonly startedAtMs: number; readonly duplicates: number };

export type SliceWorkerOptions<Command extends Message> = {
  readonly session: ClaimSession;
  readonly deciding: DecidingOptions<Command>;
  readonly decode: DecodeRecord<Command>;
  readonly inbox: Pick<Inbox, 'wish'>;
  readonly breaker: CircuitBreaker;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly listener: ConsumerListener;
  readonly parkedKeys: ReadonlyMap<string, number>;
  readonly announceParked: ((record: ParkedRecord) => NewEvent | undefined) | undefined;
  readonly retryBudgetMs: number;
  /** Where a restart would have to read from once everything in hand but these is stored. */
  readonly offsetBefore: (waiting: readonly Slice<Command>[]) => string;
  readonly tell: (items: readonly Prepared<Command>[], decided: DecidedSlice<Command>, figures: BatchFigures) => void;
};

/** The retry ladder: stores what was admitted, and parks in the end what cannot be stored by its own fault. */
export type SliceWorker<Command extends Message> = {
  /** Resolves once all of it is applied or parked, or the claim has ended. */
  apply(items: readonly Prepared<Command>[], duplicates: number): Promise<void>;
  appendOf(decided: DecidedSlice<Command>): AppendRequest;
  /** It is stored: the store works, as far as it shows. */
  worked(decided: DecidedSlice<Command>): void;
  /** Asks the database, when it is this one's turn, whether it is back, and settles what is in doubt. */
  probe(): Promise<void>;
};

const CONFLICTS_TOGETHER_MAX = 3;
const CONFLICTS_AT_ONCE_MAX = 3;
const CONFLICT_PAUSE = { firstMs: 2, maxMs: 1_000 };
const FAILURE_PAUSE = { firstMs: 50, maxMs: 5_000 };
export const watermarksOf = (items: readonly Admitted[]): ReadonlyMap<string, Watermark> => {
  const moved = new Map<string, Watermark>();
  for (const { linked } of items) if (linked) moved.set(linked.key, watermarkOf(linked.link));
  return moved;
};

export const freshSlice = <Command extends Message>(items: readonly Prepared<Command>[]): Slice<Command> => ({
  ...{ items, alone: false, conflicts: 0, failures: 0, waitedMs: 0 },
});

const eachAlone = <Command extends Message>(items: readonly Prepared<Command>[]): readonly Slice<Command>[] =>
  items.map((item) => ({ ...freshSlice([item]), alone: true }));

/** One record, and all others behind it. */
const headFirst = <Command extends Message>({ items }: Slice<Command>): readonly Slice<Command>[] => [
  ...eachAlone(items.slice(0, 1)),
  { ...freshSlice(items.slice(1)), isRest: true },
];

/** Splits a slice at the record that cannot be decided with the others. */
const splitAt = <Command extends Message>({ items }: Slice<Command>, trouble: number | undefined) => {
  if (trouble === undefined) return { done: items, remaining: [] };
  const rest = items.slice(trouble + 1);
  const together = rest.length > 0 ? [freshSlice(rest)] : [];
  return { done: items.slice(0, trouble), remaining: [...eachAlone(items.slice(trouble, trouble + 1)), ...together] };
};

/**
 * Why a slice failed; `isNeedAway`: the binding says so of what it needs; `isLeftOver`: by an attempt before, of which nobody could
 * tell then whether it failed.
 */
type Failure = { readonly failedWith: unknown; readonly isNeedAway?: boolean; readonly isLeftOver?: boolean };

/** The slices that are still to be done in a slice's place, or why it failed. */
type Attempt<Command extends Message> =
  { readonly next: readonly Slice<Command>[] } | { readonly conflict: true } | Failure;

/** A wait before the next attempt, unless it was made before the last one, and what to park with when it was one too many. */
type Rung = {
  readonly pauseMs: number;
  readonly isMade?: boolean;
  readonly budgetMs: number;
  readonly parkWith: string;
  readonly onTrial?: true;
};

/** What fails when a record does. */
const failingKeyOf = ({ record: { key, offset } }: Admitted): string => key ?? offset;

export const sliceWorker = <Command extends Message>(options: SliceWorkerOptions<Command>): SliceWorker<Command> => {
  const { session, deciding, decode, inbox, breaker, lane, clock, chance, listener, parkedKeys } = options;
  const { announceParked, retryBudgetMs, offsetBefore, tell } = options;
  const { decisions, reader } = deciding;
  const { topic, partition } = session.claim;
  const place = `${topic}/${partition}`;
  /** What is still to be done in a slice's place if it turns out to have been stored. */
  let remainingOfDoubted: readonly Slice<Command>[] = [];
  /** Duplicates that no report has told of yet. */
  let uncounted = 0;
  /** Events about parked records that were stored when these were parked for the first time. */
  const announced = new Set<string>();

  const announcementsOf = (parked: readonly ParkedRecord[]): readonly NewEvent[] =>
    announceParked === undefined ? [] : parked.map(announceParked).filter((event) => event !== undefined);

  const appendOf = ({ decided, parked }: DecidedSlice<Command>): AppendRequest => {
    const merged = decided.length === 0 ? NOTHING : mergeRequests(decided.map(({ request }) => request));
    const said = announcementsOf(parked).filter(({ eventId }) => !announced.has(eventId));
    return said.length === 0 ? merged : { checks: merged.checks, events: [...merged.events, ...said] };
  };

  const worked = ({ applied }: DecidedSlice<Command>): void => {
    // What is parked or heard by nobody needs no events: these may be what cannot be stored.
    if (applied === 0) return breaker.answered();
    for (const id of breaker.worked())
      inbox.wish(id, 'redrive', SYSTEM).catch((error: unknown) => {
        breaker.owe(id);
        listener.storingFailed?.(error);
      });
  };

  /** A record alone whose binding could not answer is asked for again. */
  const decoded = async (slice: Slice<Command>): Promise<Slice<Command>> => {
    const [only] = slice.items;
    if (!slice.alone || only?.decoded.kind !== 'unavailable' || slice.parkWith !== undefined) return slice;
    return { ...slice, items: [{ ...only, decoded: await decodeOnce(only.record, decode) }] };
  };

  /** Whether a record that comes once more was parked and announced before, as one without a link may be. */
  const isAnnounced = (takenId: string | undefined, { parked }: DecidedSlice<Command>): boolean => {
    if (takenId === undefined || !announcementsOf(parked).some(({ eventId }) => eventId === takenId)) return false;
    announced.add(takenId);
    return true;
  };

  const afterRefusal = (slice: Slice<Command>, reason: string): Attempt<Command> => {
    if (!slice.alone) return { next: eachAlone(slice.items) };
    if (slice.parkWith === undefined) return { next: [{ ...slice, parkWith: reason }] };
    const cut = (slice.cut ?? 0) + 1;
    if (cut > CUT_MAX) return { failedWith: new Error(reason) };
    return { next: [{ ...slice, cut: cut as CutLevel }] }; // because it was just compared
  };

  /** Decides one slice and stores it, once. */
  const attempt = async (given: Slice<Command>, later: readonly Slice<Command>[]): Promise<Attempt<Command>> => {
    const startedAtMs = epochMs(clock.now());
    const slice = await decoded(given);
    let decided: DecidedSlice<Command>;
    try {
      decided = await decideSlice(slice, parkedKeys, deciding);
    } catch (error) {
      return { failedWith: error, isNeedAway: slice.alone && slice.items[0]?.decoded.kind === 'unavailable' };
    }
    const { done, remaining } = splitAt(slice, decided.trouble);
    if (decided.trouble === 0) return { next: remaining };
    const append = appendOf(decided);
    const nextOffset = offsetBefore([...remaining, ...later]);
    const content = { nextOffset, watermarks: watermarksOf(done), parked: decided.parked, settled: [] };
    const next = session.part(content);
    const verdict: Stored = await session.commit(content, append);
    // A fresh batch, or one in which a record failed halfway, holds states that the shared ones must not take over.
    const share = verdict.outcome === 'committed' && !slice.alone && decided.trouble === undefined;
    if (share) decided.batch.commit(decided.decided);
    else decisions.forget(append.checks.map(({ streamId }) => streamId));
    const told = (): void => {
      tell(done, decided, { events: append.events.length, startedAtMs, duplicates: uncounted });
      uncounted = 0;
      worked(decided);
      const [head] = slice.items;
      if (slice.onTrial && head)
        for (const { id } of decided.parked) breaker.parkedOnTrial(place, failingKeyOf(head), id);
    };
    switch (verdict.outcome) {
      case 'committed':
        told();
        return { next: remaining };
      case 'fenced':
        return { next: [] };
      case 'conflict':
        breaker.answered();
        listener.conflict?.({ topic, partition, streamId: verdict.streamId, attempt: slice.conflicts + 1 });
        return { conflict: true };
      case 'refused':
        breaker.answered();
        if (isAnnounced(verdict.takenId, decided)) return { next: [slice] };
        return afterRefusal(slice, verdict.reason);
      case 'unknown':
        remainingOfDoubted = remaining;
        session.doubt(() => {
          session.stored(next);
          told();
        });
        return { failedWith: verdict.error };
    }
  };

  /** Whether the database answers, and what became of a batch in doubt. */
  const settle = async (): Promise<Settled | { readonly away: unknown }> => {
    try {
      await reader.readStreams([{ streamId: PROBE_STREAM }]);
      return await session.settle();
    } catch (error) {
      return session.ended() === undefined ? { away: error } : 'ended';
    }
  };

  /** Waits before the next attempt, or parks what has used up its budget. */
  const onTheLadder = async (
    slice: Slice<Command>,
    { pauseMs, isMade, budgetMs, parkWith, onTrial }: Rung,
  ): Promise<readonly Slice<Command>[]> => {
    const waitedMs = slice.waitedMs + pauseMs;
    if (waitedMs > budgetMs) return [{ ...slice, parkWith, ...(onTrial && { onTrial }) }];
    if (isMade !== true) await session.pause(pauseMs);
    return [{ ...slice, waitedMs }];
  };

  const afterConflict = async (slice: Slice<Command>): Promise<readonly Slice<Command>[]> => {
    const conflicts = slice.conflicts + 1;
    if (!slice.alone) return conflicts < CONFLICTS_TOGETHER_MAX ? [{ ...slice, conflicts }] : eachAlone(slice.items);
    if (conflicts <= CONFLICTS_AT_ONCE_MAX) return [{ ...slice, conflicts }];
    const pauseMs = backoffMs(conflicts - CONFLICTS_AT_ONCE_MAX, { ...CONFLICT_PAUSE, chance });
    const parkWith = `other writers won ${conflicts} times`;
    return onTheLadder({ ...slice, conflicts }, { pauseMs, budgetMs: retryBudgetMs, parkWith });
  };

  /** `probedMs`: the pause before an attempt that was a probe. */
  const afterFailure = async (
    slice: Slice<Command>,
    { failedWith: error, isNeedAway = false, isLeftOver = false }: Failure,
    probedMs: number,
  ): Promise<readonly Slice<Command>[]> => {
    const failures = slice.failures + 1;
    const pauseMs = backoffMs(failures, { ...FAILURE_PAUSE, chance });
    listener.retrying?.({ topic, partition, error, attempt: failures, pauseMs });
    // What could not be parked because the database went away may do well once it is back.
    const { parkWith, onTrial: _trial, cut: _cut, ...whole } = slice;
    const again = { ...whole, waitedMs: parkWith === undefined ? slice.waitedMs : 0 };
    const settled = await lane.run(settle);
    if (settled === 'ended') return [];
    if (settled === 'stored') return remainingOfDoubted;
    if (settled !== 'not-stored') {
      breaker.away(place, settled.away);
      return [again];
    }
    const [head, ...others] = slice.items;
    if (head === undefined || others.length > 0 || isLeftOver) breaker.answered();
    if (head === undefined) return [];
    if (others.length > 0) return slice.isRest ? eachAlone(slice.items) : headFirst(slice);
    const alone = { ...again, failures, alone: true };
    // What the end of an outage leaves in doubt in three places is the fault of none of their keys.
    const isOpen = isLeftOver ? breaker.isOpen() : breaker.keyFailed(place, failingKeyOf(head), error);
    if (isOpen && isNeedAway) return [alone];
    const pause = isOpen ? { pauseMs: probedMs, isMade: true } : { pauseMs };
    const reason = `failed ${failures} times, at last with: ${reasonOf(error)}`;
    const budgetMs = retryBudgetMs * breaker.patience();
    return onTheLadder(alone, { ...pause, budgetMs, parkWith: reason, onTrial: true });
  };

  /** Does one slice as far as it goes. Answers the slices that are still to be done in its place. */
  const work = async (slice: Slice<Command>, later: readonly Slice<Command>[]): Promise<readonly Slice<Command>[]> => {
    if (breaker.isOpen() && slice.items.length > 1 && !session.inDoubt()) return headFirst(slice);
    const pauseMs = await breaker.turn(place, () => session.ended() === undefined);
    if (pauseMs > 0) await session.pause(pauseMs);
    if (session.ended() !== undefined) return [];
    // So may be a batch of a joint statement before this one was ever tried.
    if (session.inDoubt()) {
      const failedWith = new Error('it is unknown whether a batch was stored');
      return afterFailure(slice, { failedWith, isLeftOver: true }, pauseMs);
    }
    const ended = await lane.run(() => attempt(slice, later));
    if ('next' in ended) return ended.next;
    return 'conflict' in ended ? afterConflict(slice) : afterFailure(slice, ended, pauseMs);
  };

  const probe = async (): Promise<void> => {
    const pauseMs = await breaker.turn(place, () => session.ended() === undefined);
    if (pauseMs > 0) await session.pause(pauseMs);
    if (session.ended() === undefined && (breaker.isOpen() || session.inDoubt())) {
      const settled = await lane.run(settle);
      if (typeof settled === 'object') breaker.away(place, settled.away);
      else if (settled !== 'ended') breaker.answered();
    }
    breaker.leave(place);
  };

  return {
    appendOf,
    worked,
    probe,
    apply: async (items, duplicates) => {
      remainingOfDoubted = [];
      uncounted = duplicates;
      let slices: readonly Slice<Command>[] = [freshSlice(items)];
      while (session.ended() === undefined) {
        const [slice, ...later] = slices;
        if (slice === undefined) break;
        slices = [...(await work(slice, later)), ...later];
      }
      // Whoever has nothing more to probe with lets another one probe.
      breaker.leave(place);
    },
  };
};
