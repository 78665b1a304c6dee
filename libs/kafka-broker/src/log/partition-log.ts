import { assert } from '@murmuration/kernel';
import { ErrorCode } from '../protocol/error-code';
import { type Checkpoint, checkpointOf, dropCheckpoint, writeCheckpoint } from './checkpoint';
import type { Durable } from './committer';
import { type HotMemory, HotTail } from './hot-memory';
import { ProducerStates } from './producer-states';
import { maxTimestampOf, placeBatch, recordCountOf, refusalOf, sequenceOf } from './record-batch';
import { recover } from './recovery';
import { readSegment, type Slice } from './segment-reader';
import { Segment } from './segment';

/** Every batch is stamped with this epoch: the one node leads every partition for ever. */
export const LEADER_EPOCH = 0;

/** As with Apache Kafka, a record is not taken whose timestamp lies further in the future. */
const AHEAD_OF_CLOCK_MS_MAX = 3_600_000;

export type LogOptions = {
  readonly memory: HotMemory;
  readonly batchBytesMax: number;
  readonly segmentBytesMax: number;
  readonly log: (line: string) => void;
};

export type Appended = { readonly errorCode: ErrorCode; readonly baseOffset: number };

const refused = (errorCode: ErrorCode): Appended => ({ errorCode, baseOffset: -1 });

/**
 * One partition: segments on disk, their end in memory. What is appended gets its offset at once, and becomes readable and
 * acknowledged when a commit round has written it. Never waits; the bytes of records are never looked into.
 */
export class PartitionLog implements Durable {
  private readonly producers = new ProducerStates();
  private readonly hot: HotTail;
  private segments: Segment[] = [];
  private appendedOffset = 0;
  private committedOffset = 0;
  private writtenOffset = 0;
  private usable = false;
  /** The segments that have been written to since the last commit. */
  private readonly uncommitted = new Set<Segment>();
  private readonly sealLater: { readonly segment: Segment; readonly checkpoint: Checkpoint }[] = [];
  private readonly sealing = new Set<Promise<void>>();

  constructor(
    readonly directory: string,
    private readonly options: LogOptions,
  ) {
    this.hot = new HotTail(options.memory);
    this.open();
  }

  private open(): void {
    this.sealLater.length = 0;
    this.uncommitted.clear();
    const { segments, nextOffset } = recover(this.directory, this.producers, this.options.log);
    this.segments = segments.length > 0 ? segments : [new Segment(this.directory, 0)];
    this.appendedOffset = nextOffset;
    this.committedOffset = nextOffset;
    this.writtenOffset = nextOffset;
    this.usable = true;
  }

  private get active(): Segment {
    return this.segments.at(-1)!;
  }

  get startOffset(): number {
    return this.segments[0]!.baseOffset;
  }

  /** The offset behind the last record that is written: the end of what can be read. */
  get highWatermark(): number {
    return this.committedOffset;
  }

  /** Takes one batch, or answers why not. A batch already taken from its producer is answered with its first offset. */
  append(batch: Buffer): Appended {
    if (!this.usable) return refused(ErrorCode.kafkaStorageError);
    const timestampMax = Date.now() + AHEAD_OF_CLOCK_MS_MAX;
    const refusal = refusalOf(batch, { batchBytesMax: this.options.batchBytesMax, timestampMax });
    if (refusal !== ErrorCode.none) return refused(refusal);
    const sequence = sequenceOf(batch);
    const judged = this.producers.judge(sequence);
    if (judged.verdict === 'refused') return refused(judged.errorCode);
    if (judged.verdict === 'duplicate') return { errorCode: ErrorCode.none, baseOffset: judged.baseOffset };

    if (this.active.sizeBytes > 0 && this.active.sizeBytes + batch.length > this.options.segmentBytesMax) this.roll();
    const baseOffset = this.appendedOffset;
    const segment = this.active;
    const isNewChunk = this.hot.append(segment, segment.sizeBytes, baseOffset, batch);
    const chunk = this.hot.last;
    placeBatch(chunk.bytes, chunk.used - batch.length, baseOffset, LEADER_EPOCH);
    segment.index.note(baseOffset, segment.sizeBytes, maxTimestampOf(batch), isNewChunk);
    segment.sizeBytes += batch.length;
    this.appendedOffset += recordCountOf(batch);
    this.producers.record(sequence, baseOffset);
    return { errorCode: ErrorCode.none, baseOffset };
  }

  private roll(): void {
    const full = this.active;
    const checkpoint = checkpointOf(full, this.appendedOffset, this.producers.snapshot());
    this.segments.push(new Segment(this.directory, this.appendedOffset));
    this.sealLater.push({ segment: full, checkpoint });
  }

  write(): void {
    for (const chunk of this.hot.unwritten()) {
      this.uncommitted.add(chunk.segment);
      chunk.segment.write(chunk.bytes, chunk.written, chunk.used);
      chunk.written = chunk.used;
    }
    this.writtenOffset = this.appendedOffset;
    for (const { segment, checkpoint } of this.sealLater.splice(0)) {
      const sealed = this.seal(segment, checkpoint);
      this.sealing.add(sealed);
      const forget = (): unknown => this.sealing.delete(sealed);
      sealed.then(forget, forget);
    }
  }

  /** Rejects when the segment could not be synced. */
  private async seal(segment: Segment, checkpoint: Checkpoint): Promise<void> {
    try {
      await segment.sync();
    } catch (error) {
      this.options.log(`${segment.path}: not synced, will be read again at the next start: ${String(error)}`);
      throw error;
    }
    try {
      writeCheckpoint(segment, checkpoint);
    } catch (error) {
      this.options.log(`${segment.path}: not noted, will be read again at the next start: ${String(error)}`);
    }
    segment.close();
  }

  async sync(): Promise<void> {
    // All of them have ended before a failure is told: what rolls it back must not meet one that goes on.
    const ended = await Promise.allSettled([...this.sealing, this.active.sync()]);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  committed(): void {
    this.committedOffset = this.writtenOffset;
    for (const segment of this.uncommitted) segment.committedBytes = segment.writtenBytes;
    this.uncommitted.clear();
  }

  /**
   * After a failed write: cuts off what was not acknowledged, and opens the files again as after a crash. When even that
   * fails, the partition takes nothing more until the next start.
   */
  rollBack(): void {
    this.close();
    for (const segment of this.uncommitted) {
      // The first file says where the log begins, so it stays.
      if (segment.committedBytes > 0 || segment === this.segments[0]) {
        segment.truncate(segment.committedBytes);
        segment.close();
      } else {
        dropCheckpoint(segment);
        segment.remove();
      }
    }
    this.open();
  }

  /** Whether reading here gives records, has reached the end, or is outside of the log. */
  placeOf(offset: number): 'readable' | 'end' | 'out-of-range' {
    if (offset < this.startOffset || offset > this.committedOffset) return 'out-of-range';
    return offset === this.committedOffset ? 'end' : 'readable';
  }

  /**
   * Whole batches from the one that holds `offset` on, about `bytesMax` of them; one of any size with `atLeastOne`.
   * At once when they are in memory, by a promise when they are not.
   */
  read(offset: number, bytesMax: number, atLeastOne: boolean): Slice | Promise<Slice> {
    assert(
      this.placeOf(offset) === 'readable',
      `offset ${offset} within [${this.startOffset}, ${this.committedOffset})`,
    );
    const segment = this.segmentOf(offset);
    const limit = segment.committedBytes;
    return readSegment(segment, this.hot, { offset, limit, isLast: segment === this.active, bytesMax, atLeastOne });
  }

  private segmentOf(offset: number): Segment {
    let at = this.segments.length - 1;
    while (at > 0 && this.segments[at]!.baseOffset > offset) at--;
    return this.segments[at]!;
  }

  /** The offset from which a stretch begins that holds the first timestamp at or after this one. */
  offsetBeforeTimestamp(timestamp: number): number | undefined {
    for (const segment of this.segments) {
      const offset = segment.index.offsetBeforeTimestamp(timestamp);
      if (offset !== undefined && offset < this.committedOffset) return offset;
    }
    return undefined;
  }

  get maxTimestamp(): number {
    return this.segments.reduce((max, { index }) => Math.max(max, index.maxTimestamp), -1);
  }

  get sizeBytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.writtenBytes, 0);
  }

  /** Writes down what a start needs to skip reading the last segment, and lets the files go. Never rejects. */
  async stop(): Promise<void> {
    if (this.usable && this.active.sizeBytes > 0) {
      const checkpoint = checkpointOf(this.active, this.appendedOffset, this.producers.snapshot());
      this.sealing.add(this.seal(this.active, checkpoint));
    }
    await Promise.allSettled(this.sealing);
    this.close();
  }

  close(): void {
    this.usable = false;
    this.hot.clear();
    for (const segment of this.segments) segment.close();
  }
}
