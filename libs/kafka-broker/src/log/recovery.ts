import { closeSync, openSync, readdirSync, readSync, renameSync, statSync } from 'node:fs';
import { dropCheckpoint, readCheckpoint } from './checkpoint';
import type { ProducerStates } from './producer-states';
import {
  BATCH_HEADER_BYTES,
  BATCH_PREFIX_BYTES,
  batchBytesOf,
  isIntactBatch,
  maxTimestampOf,
  nextOffsetOf,
  sequenceOf,
} from './record-batch';
import { Segment, SEGMENT_SUFFIX } from './segment';

const BLOCK_BYTES = 1024 * 1024;
const SEGMENT_NAME = /^\d{20}\.log$/;

export type Recovered = { readonly segments: Segment[]; readonly nextOffset: number };

/**
 * Opens the segments of a log as a crash left them. The log ends before the first batch that is not whole and intact: what
 * follows was never acknowledged, and is cut off. Segments behind a cut are kept aside under another name, and said.
 */
export const recover = (directory: string, producers: ProducerStates, log: (line: string) => void): Recovered => {
  producers.clear();
  const names = readdirSync(directory)
    .filter((name) => SEGMENT_NAME.test(name))
    .sort();
  const segments: Segment[] = [];
  let nextOffset = names[0] === undefined ? 0 : Number(names[0].slice(0, -SEGMENT_SUFFIX.length));
  for (const name of names) {
    const segment = new Segment(directory, Number(name.slice(0, -SEGMENT_SUFFIX.length)));
    if (segment.baseOffset !== nextOffset) {
      dropCheckpoint(segment);
      renameSync(segment.path, `${segment.path}.unreachable`);
      log(`${segment.path}: begins at ${segment.baseOffset}, the log before it ends at ${nextOffset}: put aside`);
      continue;
    }
    nextOffset = recoverSegment(segment, producers, log);
    segments.push(segment);
  }
  return { segments, nextOffset };
};

const recoverSegment = (segment: Segment, producers: ProducerStates, log: (line: string) => void): number => {
  const fileBytes = statSync(segment.path).size;
  const checkpoint = readCheckpoint(segment, fileBytes);
  let position = 0;
  let offset = segment.baseOffset;
  if (checkpoint !== undefined) {
    segment.index.restore(checkpoint.index);
    producers.restore(checkpoint.producers);
    position = checkpoint.sizeBytes;
    offset = checkpoint.nextOffset;
  }
  for (const { batch, at, length } of intactBatches(segment.path, position, fileBytes, offset)) {
    segment.index.note(offset, position, maxTimestampOf(batch, at));
    producers.record(sequenceOf(batch, at), offset);
    offset = nextOffsetOf(batch, at);
    position += length;
  }
  if (position < fileBytes) {
    log(`${segment.path}: cut off ${fileBytes - position} bytes of a batch that was never acknowledged`);
    segment.truncate(position);
    segment.close();
  }
  segment.sizeBytes = position;
  segment.writtenBytes = position;
  segment.committedBytes = position;
  return offset;
};

type FoundBatch = { readonly batch: Buffer; readonly at: number; readonly length: number };

/** The batches from a position on, up to the first that is torn or damaged. */
function* intactBatches(path: string, from: number, fileBytes: number, firstOffset: number): Generator<FoundBatch> {
  const descriptor = openSync(path, 'r');
  try {
    let block = Buffer.alloc(0);
    let blockStart = from;
    let at = 0;
    let offset = firstOffset;
    const load = (bytes: number): boolean => {
      if (block.length - at >= bytes) return true;
      blockStart += at;
      at = 0;
      const wanted = Math.min(Math.max(bytes, BLOCK_BYTES), fileBytes - blockStart);
      if (wanted < bytes) return false;
      block = Buffer.allocUnsafe(wanted);
      const read = readSync(descriptor, block, 0, wanted, blockStart);
      block = block.subarray(0, read);
      return read >= bytes;
    };
    while (load(BATCH_HEADER_BYTES)) {
      const length = batchBytesOf(block, at);
      if (length <= BATCH_PREFIX_BYTES || !load(length)) return;
      if (!isIntactBatch(block, at, length, offset)) return;
      yield { batch: block, at, length };
      offset = nextOffsetOf(block, at);
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
}
