import { gunzipSync } from 'node:zlib';
import type { PartitionLog } from './partition-log';
import {
  BATCH_HEADER_BYTES,
  baseOffsetOf,
  baseTimestampOf,
  batchBytesOf,
  compressionOf,
  maxTimestampOf,
  nextOffsetOf,
  recordCountOf,
} from './record-batch';

const READ_BYTES = 64 * 1024;
const UNCOMPRESSED = 0;
const GZIP = 1;
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

export type TimedOffset = { readonly offset: number; readonly timestamp: number };

/**
 * The first record with a timestamp at or after `timestamp`. Within a batch packed by other means than gzip the answer is
 * the batch's first record.
 */
export const findTimestamp = async (log: PartitionLog, timestamp: number): Promise<TimedOffset | undefined> => {
  let offset = log.offsetBeforeTimestamp(timestamp);
  while (offset !== undefined && log.placeOf(offset) === 'readable') {
    const { parts } = await log.read(offset, READ_BYTES, true);
    const bytes = Buffer.concat(parts);
    for (let at = 0; at + BATCH_HEADER_BYTES <= bytes.length; at += batchBytesOf(bytes, at)) {
      if (maxTimestampOf(bytes, at) >= timestamp) return findInBatch(bytes, at, timestamp);
      offset = nextOffsetOf(bytes, at);
    }
  }
  return undefined;
};

const findInBatch = (bytes: Buffer, at: number, timestamp: number): TimedOffset => {
  const first = { offset: baseOffsetOf(bytes, at), timestamp: baseTimestampOf(bytes, at) };
  const packed = bytes.subarray(at + BATCH_HEADER_BYTES, at + batchBytesOf(bytes, at));
  const compression = compressionOf(bytes, at);
  if (compression !== UNCOMPRESSED && compression !== GZIP) return first;
  try {
    const records = compression === GZIP ? gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX }) : packed;
    return findInRecords(records, recordCountOf(bytes, at), first, timestamp) ?? first;
  } catch {
    // The producer's packing is not this broker's to judge; its consumers will.
    return first;
  }
};

/* Record => length attributes timestamp_delta offset_delta ... */
const findInRecords = (
  records: Buffer,
  count: number,
  first: TimedOffset,
  timestamp: number,
): TimedOffset | undefined => {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < records.length; scale *= 0x80) {
      const byte = records[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  for (let index = 0; index < count && at < records.length; index++) {
    const length = varint();
    const end = at + length;
    at += 1;
    const recordTimestamp = first.timestamp + varint();
    const offset = first.offset + varint();
    if (recordTimestamp >= timestamp) return { offset, timestamp: recordTimestamp };
    at = end;
  }
  return undefined;
};
