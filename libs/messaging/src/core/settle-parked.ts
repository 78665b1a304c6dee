import { type AppendRequest, mergeRequests, type NewEvent } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { DecodeRecord } from '../heard';
import type { Inbox, ParkedRecord, ParkedWish, SettledRecord } from '../inbox.port';
import type { Inbound, Link } from '../link';
import { offsetOf } from './admission';
import { type ClaimSession, NOTHING, reasonOf, type Stored } from './claim-session';
import { type DecidedSlice, decideSlice, type DecidingOptions } from './decide-slice';
import { decodeOnce } from './decode-record';
import type { Lane } from './lane';
import { backoffMs } from './pause';
import { freshSlice } from './slice-worker';

export type SettlingOptions<Command extends Message> = DecidingOptions<Command> & {
  readonly decode: DecodeRecord<Command>;
  readonly session: ClaimSession;
  readonly inbox: Pick<Inbox, 'findParked'>;
  /** Held for as long as something is decided and stored, never for a wait. */
  readonly lane: Lane;
  readonly chance: () => number;
  readonly announceUnparked: ((record: ParkedRecord, settled: SettledRecord) => NewEvent | undefined) | undefined;
};

const CONFLICTS_MAX = 20;
const FAILURES_MAX = 3;
const PAUSE = { firstMs: 2, maxMs: 250 };
const NO_KEYS: ReadonlyMap<string, number> = new Map();
/** A parked record was linked when it came; its watermark has moved on since. */
const PASSED: { readonly key: string; readonly link: Link } = {
  key: '',
  link: { source: '', logPartition: 0, position: 0, eventId: '' },
};

/** What became of a wish. */
export type SettledWish =
  | SettledRecord
  /** It is parked no more, or the claim has ended. */
  | { readonly outcome: 'gone' | 'ended' }
  /** What was to become of it could not be stored: it stays as it is, and the wish with it. */
  | { readonly outcome: 'not-stored'; readonly reason: string };

/** What was to become of a record, and how storing that ended. */
type Sent = { readonly settled: SettledRecord; readonly verdict: Stored };

/** Applies one parked record anew, or discards it. */
export const settleParked = async <Command extends Message>(
  { record: { id }, wish }: ParkedWish,
  options: SettlingOptions<Command>,
): Promise<SettledWish> => {
  const { session, inbox, lane, decode, decisions, announceUnparked } = options;
  const record = await session.persistently(() => inbox.findParked(id));
  if (record === undefined) return { outcome: 'gone' };

  const send = async (settled: SettledRecord, append: AppendRequest): Promise<Stored> => {
    const unchanged = { nextOffset: session.committed(), watermarks: new Map(), parked: [] };
    const content = { ...unchanged, settled: [settled] };
    const said = settled.outcome === 'failed-again' ? undefined : announceUnparked?.(record, settled);
    const next = session.part(content);
    const whole = said === undefined ? append : { checks: append.checks, events: [...append.events, said] };
    const first = await session.commit(content, whole);
    // It may have been said before by a consumer whose inbox was lost.
    const isSaid = first.outcome === 'refused' && said !== undefined && first.takenId === said.eventId;
    const verdict = isSaid ? await session.commit(content, append) : first;
    if (verdict.outcome === 'unknown') session.doubt(() => session.stored(next));
    return verdict;
  };
  /** Nothing else is stored under the claim before the outcome is known. */
  const known = async (verdict: Stored): Promise<Stored> => {
    if (verdict.outcome !== 'unknown') return verdict;
    const settledAs = await session.persistently(() => lane.run(() => session.settle()));
    if (settledAs === 'stored') return { outcome: 'committed' };
    return settledAs === 'ended' ? { outcome: 'fenced' } : verdict;
  };
  const storeAlone = async (settled: SettledRecord): Promise<SettledWish> => {
    const verdict = await known(await lane.run(() => send(settled, NOTHING)));
    if (verdict.outcome === 'committed') return settled;
    return verdict.outcome === 'fenced' ? { outcome: 'ended' } : { outcome: 'not-stored', reason: whyNot(verdict) };
  };
  const failAgain = (reason: string): Promise<SettledWish> => storeAlone({ id, outcome: 'failed-again', reason });

  if (wish === 'discard') return storeAlone({ id, outcome: 'discarded' });
  const inbound = inboundOf(record);
  const decoded = await decodeOnce(inbound, decode);
  if (decoded.kind === 'unavailable') return failAgain(reasonOf(decoded.error));
  const items = [{ record: inbound, offset: offsetOf(record.offset), linked: PASSED, decoded }];

  const sendDecided = async (slice: DecidedSlice<Command>): Promise<Sent> => {
    const [failure] = slice.parked;
    const append = slice.decided.length === 0 ? NOTHING : mergeRequests(slice.decided.map(({ request }) => request));
    const settled: SettledRecord = failure
      ? { id, outcome: 'failed-again', reason: failure.reason, kind: failure.kind }
      : { id, outcome: 'redriven' };
    const verdict = await send(settled, append);
    decisions.forget(append.checks.map(({ streamId }) => streamId));
    return { settled, verdict };
  };
  /** Rejects as the reader does; what fails otherwise is no reason to try again. */
  const decideAndSend = async (): Promise<Sent | { readonly failedWith: unknown }> => {
    const slice = await decideSlice({ ...freshSlice(items), alone: true }, NO_KEYS, options);
    return sendDecided(slice).catch((error: unknown) => ({ failedWith: error }));
  };

  let conflicts = 0;
  let failures = 0;
  while (session.ended() === undefined) {
    const sent = await session.persistently(() => lane.run(decideAndSend));
    if ('failedWith' in sent) throw sent.failedWith;
    const { settled } = sent;
    const verdict = await known(sent.verdict);
    switch (verdict.outcome) {
      case 'committed':
        return settled;
      case 'fenced':
        return { outcome: 'ended' };
      case 'refused':
        return failAgain(verdict.reason);
      case 'conflict':
        if (++conflicts >= CONFLICTS_MAX) return failAgain(`other writers won ${conflicts} times`);
        await session.pause(backoffMs(conflicts, { ...PAUSE, chance: options.chance }));
        break;
      case 'unknown':
        // The database has answered since, so it is the record's own fault or will soon be over.
        if (++failures >= FAILURES_MAX) return failAgain(reasonOf(verdict.error));
        await session.pause(backoffMs(failures, { ...PAUSE, chance: options.chance }));
    }
  }
  return { outcome: 'ended' };
};

const whyNot = (verdict: Exclude<Stored, { readonly outcome: 'committed' | 'fenced' }>): string => {
  switch (verdict.outcome) {
    case 'refused':
      return verdict.reason;
    case 'conflict':
      return `stream ${verdict.streamId} was written by others`;
    case 'unknown':
      return reasonOf(verdict.error);
  }
};

/** A parked record as it came. */
export const inboundOf = ({ topic, partition, offset, key, value, headers, parkedAt }: ParkedRecord): Inbound => ({
  ...{ topic, partition, offset, key, value, headers },
  timestamp: parkedAt,
});
