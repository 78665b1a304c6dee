import type { Message } from '@murmuration/kernel';
import type { DecodeRecord } from '../heard';
import { type Claim, type Inbox, type ParkedKind, type ParkedRecord, SYSTEM } from '../inbox.port';
import { decodeOnce } from './decode-record';
import { inboundOf } from './settle-parked';

const RECORDS_PER_PAGE = 200;
const PAGES_MAX = 500;
const AWAIT_CODE: readonly ParkedKind[] = ['unknown-version', 'unknown-type'];

/**
 * Wishes that the parked records of a topic-partition are redriven which waited for newer code, if this is code that knows
 * them. Rejects as the inbox does.
 */
export const wishForKnown = async <Command extends Message>(
  { group, topic, partition }: Pick<Claim, 'group' | 'topic' | 'partition'>,
  { inbox, decode }: { readonly inbox: Pick<Inbox, 'listParked' | 'wish'>; readonly decode: DecodeRecord<Command> },
): Promise<void> => {
  const isKnown = async (record: ParkedRecord): Promise<boolean> => {
    const { kind } = await decodeOnce(inboundOf(record), decode);
    return kind !== 'unavailable' && !AWAIT_CODE.some((unknown) => unknown === kind);
  };
  for (const kind of AWAIT_CODE) {
    let last: ParkedRecord | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const filter = { group, topic, partition, kind, limit: RECORDS_PER_PAGE };
      const records = await inbox.listParked(last === undefined ? filter : { ...filter, afterId: last.id });
      for (const record of records) if (await isKnown(record)) await inbox.wish(record.id, 'redrive', SYSTEM);
      if (records.length < RECORDS_PER_PAGE) break;
      last = records.at(-1);
    }
  }
};
