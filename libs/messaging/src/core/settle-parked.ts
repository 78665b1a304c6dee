import { type AppendRequest, mergeRequests } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { DecodeRecord } from '../heard';
import type { Inbox, ParkedRecord, ParkedWish, SettledRecord } from '../inbox.port';
import type { Link } from '../link';
import { offsetOf } from './admission';
import { NOTHING, type ClaimSession } from './claim-session';
import { decideSlice, type DecidingOptions } from './decide-slice';
import { decodePatiently } from './decode-record';

export type SettlingOptions<Command extends Message> = DecidingOptions<Command> & {
  readonly decode: DecodeRecord<Command>;
  readonly session: ClaimSession;
  readonly inbox: Pick<Inbox, 'findParked'>;
};

const CONFLICTS_MAX = 20;
const NO_KEYS: ReadonlyMap<string, number> = new Map();
/** A parked record was linked when it came; its watermark has moved on since. */
const PASSED: { readonly key: string; readonly link: Link } = {
  key: '',
  link: { source: '', logPartition: 0, position: 0, eventId: '' },
};

/** Applies one parked record anew, or discards it. Answers what became of it; nothing, when it or the claim is gone. */
export const settleParked = async <Command extends Message>(
  { record: { id }, wish }: ParkedWish,
  options: SettlingOptions<Command>,
): Promise<SettledRecord | undefined> => {
  const { session, inbox, decode, decisions } = options;
  const record = await session.persistently(() => inbox.findParked(id));
  if (record === undefined) return undefined;
  const store = async (settled: SettledRecord, append: AppendRequest) => {
    const unchanged = { nextOffset: session.committed(), watermarks: new Map(), parked: [] };
    return session.commit({ ...unchanged, settled: [settled] }, append);
  };
  const storeFailure = async (reason: string): Promise<SettledRecord | undefined> => {
    const settled = { id, outcome: 'failed-again', reason } as const;
    return (await store(settled, NOTHING)).outcome === 'committed' ? settled : undefined;
  };
  if (wish === 'discard') {
    const settled = { id, outcome: 'discarded' } as const;
    return (await store(settled, NOTHING)).outcome === 'committed' ? settled : undefined;
  }
  const inbound = inboundOf(record);
  const decoded = await decodePatiently(inbound, decode, session);
  const items = [{ record: inbound, offset: offsetOf(record.offset), linked: PASSED, decoded }];
  for (let conflicts = 1; session.ended() === undefined; conflicts++) {
    const slice = await session.persistently(() => decideSlice({ items, alone: true, conflicts }, NO_KEYS, options));
    const [failure] = slice.parked;
    const append = slice.decided.length === 0 ? NOTHING : mergeRequests(slice.decided.map(({ request }) => request));
    const settled: SettledRecord = failure
      ? { id, outcome: 'failed-again', reason: failure.reason }
      : { id, outcome: 'redriven' };
    const verdict = await store(settled, append);
    decisions.forget(append.checks.map(({ streamId }) => streamId));
    if (verdict.outcome === 'committed') return settled;
    if (verdict.outcome === 'fenced') return undefined;
    if (verdict.outcome === 'refused') return storeFailure(verdict.reason);
    if (conflicts >= CONFLICTS_MAX) return storeFailure(`other writers won ${conflicts} times`);
    await session.pauseAfterConflict(conflicts);
  }
  return undefined;
};

const inboundOf = ({ topic, partition, offset, key, value, headers, parkedAt }: ParkedRecord) => ({
  ...{ topic, partition, offset, key, value, headers },
  timestamp: parkedAt,
});
