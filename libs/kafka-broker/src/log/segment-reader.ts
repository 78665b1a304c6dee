import { assert } from '@murmuration/kernel';
import type { HotTail } from './hot-memory';
import { BATCH_HEADER_BYTES, batchBytesOf, nextOffsetOf } from './record-batch';
import type { Segment } from './segment';

/** Whole batches, as views; `isCut` when more could be read behind them. */
export type Slice = { readonly parts: readonly Buffer[]; readonly bytes: number; readonly isCut: boolean };

export type SegmentRead = {
  readonly offset: number;
  /** The file position up to which may be read: a batch ends there. */
  readonly limit: number;
  /** Whether no other segment follows. */
  readonly isLast: boolean;
  readonly bytesMax: number;
  readonly atLeastOne: boolean;
};

const INDEX_STRETCH_BYTES = 8192;
const NOTHING: Slice = { parts: [], bytes: 0, isCut: true };

export const readSegment = (segment: Segment, hot: HotTail, wanted: SegmentRead): Slice | Promise<Slice> => {
  const chunk = hot.chunkOfOffset(wanted.offset);
  if (chunk === undefined || chunk.segment !== segment) return readFromFile(segment, wanted);
  const from = Math.max(segment.index.positionBefore(wanted.offset), chunk.start);
  const inChunk = skipTo(chunk.bytes, from - chunk.start, chunk.used, wanted.offset);
  const start = chunk.start + inChunk;
  const limit = Math.min(wanted.limit, start + wanted.bytesMax);
  let end = limit === wanted.limit ? limit : segment.index.boundaryBefore(limit);
  if (end <= start) {
    // Every chunk begins with an index entry, so a stretch without one lies within this chunk.
    const inChunkLimit = Math.min(chunk.used, wanted.limit - chunk.start);
    end = chunk.start + endOfBatches(chunk.bytes, inChunk, inChunkLimit, wanted);
  }
  if (end <= start) return NOTHING;
  return { parts: hot.views(chunk, start, end), bytes: end - start, isCut: end < wanted.limit || !wanted.isLast };
};

const readFromFile = async (segment: Segment, wanted: SegmentRead): Promise<Slice> => {
  const from = segment.index.positionBefore(wanted.offset);
  const length = Math.min(wanted.limit - from, wanted.bytesMax + INDEX_STRETCH_BYTES);
  let bytes = await segment.read(from, length);
  const start = skipTo(bytes, 0, bytes.length, wanted.offset);
  if (start >= bytes.length) {
    assert(from + length < wanted.limit, `offset ${wanted.offset} before ${wanted.limit} in ${segment.path}`);
    // The batch begins behind what was read: an index stretch with one very large batch before it.
    return readFromFile(segment, { ...wanted, bytesMax: wanted.bytesMax + length + INDEX_STRETCH_BYTES });
  }
  const end = endOfBatches(bytes, start, bytes.length, wanted);
  if (end > bytes.length) bytes = await segment.read(from, end);
  if (end <= start) return NOTHING;
  const isCut = from + end < wanted.limit || !wanted.isLast;
  return { parts: [bytes.subarray(start, end)], bytes: end - start, isCut };
};

/** Where the batch begins that holds an offset, searched from the beginning of a batch before it; `end` if not reached. */
const skipTo = (bytes: Buffer, from: number, end: number, offset: number): number => {
  let at = from;
  while (at + BATCH_HEADER_BYTES <= end && nextOffsetOf(bytes, at) <= offset) at += batchBytesOf(bytes, at);
  return at + BATCH_HEADER_BYTES <= end ? at : end;
};

/** The end of the last whole batch within the bytes wanted; of the first batch, whatever its size, when one is a must. */
const endOfBatches = (bytes: Buffer, start: number, end: number, { bytesMax, atLeastOne }: SegmentRead): number => {
  let at = start;
  while (at + BATCH_HEADER_BYTES <= end) {
    const next = at + batchBytesOf(bytes, at);
    if (next > end || next - start > bytesMax) return at === start && atLeastOne ? next : at;
    at = next;
  }
  return at;
};
