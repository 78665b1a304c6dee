import { assert } from '@murmuration/kernel';
import type { ReadStream, StoredEvent } from '../port';
import { Batcher } from './batcher';
import type { LaneGroup, TextRow } from './lane';
import { storedEvent, numberAt, textArray } from './rows';
import { READ_STREAMS } from './statements';

const BATCHES_AT_ONCE = 2;
const READS_PER_BATCH_MAX = 500;
const STREAMS_PER_BATCH_MAX = 2_000;
const READS_WAITING_MAX = 20_000;
const NEWEST = '9223372036854775807';

type Reads = readonly ReadStream[];
type Streams = ReadonlyMap<string, readonly StoredEvent[]>;

const keyOf = ({ streamId, fromVersion = 1, toVersion }: ReadStream): string =>
  `${fromVersion} ${toVersion ?? ''} ${streamId}`;

const grouped = (rows: readonly TextRow[], count: number): readonly StoredEvent[][] => {
  const groups: StoredEvent[][] = Array.from({ length: count }, () => []);
  for (const row of rows) {
    const group = groups[numberAt(row, 0) - 1];
    assert(group, 'a row of a stream that was asked for');
    const event = storedEvent(row, 1);
    assert(
      group.length === 0 || group[group.length - 1]!.version + 1 === event.version,
      'a stream without gaps, in order',
    );
    group.push(event);
  }
  return groups;
};

/** Reads of many callers travel together, and a range that several want is read once. */
export const streamReader = (lanes: LaneGroup): Batcher<Reads, Streams> => {
  const flush = async (reads: readonly Reads[]): Promise<readonly PromiseSettledResult<Streams>[]> => {
    const indexes = new Map<string, number>();
    const wanted: ReadStream[] = [];
    const indexOf = (read: ReadStream): number => {
      const key = keyOf(read);
      const known = indexes.get(key);
      if (known !== undefined) return known;
      indexes.set(key, wanted.length);
      return wanted.push(read) - 1;
    };
    const placed = reads.map((read) => read.map((stream) => [stream.streamId, indexOf(stream)] as const));
    const groups = grouped(
      await lanes.run(READ_STREAMS, [
        textArray(wanted.map(({ streamId }) => streamId)),
        `{${wanted.map(({ fromVersion = 1 }) => fromVersion).join(',')}}`,
        `{${wanted.map(({ toVersion = NEWEST }) => toVersion).join(',')}}`,
      ]),
      wanted.length,
    );
    return placed.map((streams) => ({
      status: 'fulfilled',
      value: new Map(streams.map(([streamId, index]) => [streamId, groups[index]!])),
    }));
  };
  return new Batcher<Reads, Streams>({
    ...{
      batchesAtOnce: BATCHES_AT_ONCE,
      itemsMax: READS_PER_BATCH_MAX,
      weightMax: STREAMS_PER_BATCH_MAX,
      waitingMax: READS_WAITING_MAX,
    },
    weightOf: (streams) => streams.length,
    flush,
  });
};
