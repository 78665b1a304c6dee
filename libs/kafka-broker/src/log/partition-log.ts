import { assert } from '@murmuration/kernel';
import { ErrorCode } from '../protocol/error-code';
import { type Checkpoint, checkpointOf, writeCheckpoint } from './checkpoint';
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
  readonly validateCrc: boolean;
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
  private committedBytes = 0;
  private writtenOffset = 0;
  private usable = false;
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
    const { segments, nextOffset } = recover(this.directory, this.producers, this.options.log);
    this.segments = segments.length > 0 ? segments : [new Segment(this.directory, 0)];
    this.appendedOffset = nextOffset;
    this.committedOffset = nextOffset;
    this.writtenOffset = nextOffset;
    this.committedBytes = this.active.writtenBytes;
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
    const { batchBytesMax, validateCrc } = this.options;
    const timestampMax = Date.now() + AHEAD_OF_CLOCK_MS_MAX;
    const refusal = refusalOf(batch, { batchBytesMax, validateCrc, timestampMax });
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
      chunk.segment.write(chunk.bytes, chunk.written, chunk.used);
      chunk.written = chunk.used;
    }
    this.writtenOffset = this.appendedOffset;
    for (const { segment, checkpoint } of this.sealLater.splice(0)) {
      const sealed = this.seal(segment, checkpoint).finally(() => this.sealing.delete(sealed));
      this.sealing.add(sealed);
    }
  }

  private async seal(segment: Segment, checkpoint: Checkpoint): Promise<void> {
    try {
      await segment.sync();
      writeCheckpoint(segment, checkpoint);
      segment.close();
    } catch (error) {
      this.options.log(`${segment.path}: not sealed, will be read again at the next start: ${String(error)}`);
    }
  }

  async sync(): Promise<void> {
    await Promise.all([...this.sealing, this.active.sync()]);
  }

  committed(): void {
    this.committedOffset = this.writtenOffset;
    this.committedBytes = this.active.writtenBytes;
  }

  /**
   * After a failed write: forgets what was not acknowledged, by opening the files again as after a crash. When even that
   * fails, the partition takes nothing more until the next start.
   */
  rollBack(): void {
    this.usable = false;
    this.close();
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
    const limit = segment === this.active ? this.committedBytes : segment.writtenBytes;
    return readSegment(segment, this.hot, { offset, limit, bytesMax, atLeastOne });
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

  /** Writes down what a start needs to skip reading the last segment, and lets the files go. */
  async stop(): Promise<void> {
    await Promise.all(this.sealing);
    if (this.active.sizeBytes > 0) {
      await this.active.sync();
      writeCheckpoint(this.active, checkpointOf(this.active, this.appendedOffset, this.producers.snapshot()));
    }
    this.close();
  }

  close(): void {
    this.usable = false;
    this.hot.clear();
    for (const segment of this.segments) segment.close();
  }
}
