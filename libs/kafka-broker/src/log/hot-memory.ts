import type { Segment } from './segment';

const CHUNK_BYTES_FIRST = 16 * 1024;
const CHUNK_BYTES_MAX = 1024 * 1024;

/** A stretch of a segment in memory: write buffer, hot tail and response in one. Bytes once written never change. */
export type Chunk = {
  readonly segment: Segment;
  /** The file position of the first byte. */
  readonly start: number;
  readonly firstOffset: number;
  readonly bytes: Buffer;
  used: number;
  written: number;
};

/** The memory that all partitions share for the ends of their logs; the oldest chunks are let go first. */
export class HotMemory {
  private readonly queue: { readonly tail: HotTail; readonly chunk: Chunk }[] = [];
  private heldBytes = 0;

  constructor(private readonly bytesMax: number) {}

  hold(tail: HotTail, chunk: Chunk): void {
    this.queue.push({ tail, chunk });
    this.heldBytes += chunk.bytes.length;
    // A chunk in use keeps its place, so that no log loses a later one before it: what a tail holds is without a hole. The
    // newest chunk, about to be filled, is never looked at.
    for (let at = 0; this.heldBytes > this.bytesMax && at < this.queue.length - 1;) {
      const oldest = this.queue[at]!;
      if (oldest.tail.isInUse(oldest.chunk)) {
        at += 1;
        continue;
      }
      this.queue.splice(at, 1);
      oldest.tail.letGo(oldest.chunk);
      this.heldBytes -= oldest.chunk.bytes.length;
    }
  }

  release(tail: HotTail): void {
    for (let at = this.queue.length - 1; at >= 0; at--) {
      if (this.queue[at]!.tail !== tail) continue;
      this.heldBytes -= this.queue[at]!.chunk.bytes.length;
      this.queue.splice(at, 1);
    }
  }
}

/** The end of one log in memory: consecutive chunks, each within one segment, each beginning with a batch. */
export class HotTail {
  private chunks: Chunk[] = [];
  private nextChunkBytes = CHUNK_BYTES_FIRST;

  constructor(private readonly memory: HotMemory) {}

  /** Copies a batch behind the last one. True when it began a new chunk. */
  append(segment: Segment, position: number, offset: number, batch: Buffer): boolean {
    let chunk = this.chunks.at(-1);
    const fits = chunk !== undefined && chunk.segment === segment && chunk.used + batch.length <= chunk.bytes.length;
    if (chunk === undefined || !fits) {
      const size = Math.max(this.nextChunkBytes, batch.length);
      this.nextChunkBytes = Math.min(CHUNK_BYTES_MAX, this.nextChunkBytes * 2);
      chunk = {
        segment,
        start: position,
        firstOffset: offset,
        bytes: Buffer.allocUnsafeSlow(size),
        used: 0,
        written: 0,
      };
      this.chunks.push(chunk);
      this.memory.hold(this, chunk);
    }
    batch.copy(chunk.bytes, chunk.used);
    chunk.used += batch.length;
    return !fits;
  }

  /** The last bytes appended, for setting the header in place. */
  get last(): Chunk {
    return this.chunks.at(-1)!;
  }

  /** Whether it holds bytes that are not in their file yet. */
  isInUse(chunk: Chunk): boolean {
    return chunk.written < chunk.used;
  }

  letGo(chunk: Chunk): void {
    this.chunks = this.chunks.filter((held) => held !== chunk);
  }

  /** The chunks that have bytes not yet written to their file, in order. */
  unwritten(): readonly Chunk[] {
    let first = this.chunks.length;
    while (first > 0 && this.chunks[first - 1]!.written < this.chunks[first - 1]!.used) first--;
    return this.chunks.slice(first);
  }

  chunkOfOffset(offset: number): Chunk | undefined {
    for (let at = this.chunks.length - 1; at >= 0; at--) {
      if (this.chunks[at]!.firstOffset <= offset) return this.chunks[at];
    }
    return undefined;
  }

  /** Views of `[start, end)` of a segment, which must begin in `first`. Ends early where memory does. */
  views(first: Chunk, start: number, end: number): Buffer[] {
    const views: Buffer[] = [];
    let position = start;
    for (let at = this.chunks.indexOf(first); at < this.chunks.length && position < end; at++) {
      const chunk = this.chunks[at]!;
      if (chunk.segment !== first.segment || chunk.start > position) break;
      const upTo = Math.min(end, chunk.start + chunk.used);
      views.push(chunk.bytes.subarray(position - chunk.start, upTo - chunk.start));
      position = upTo;
    }
    return views;
  }

  clear(): void {
    this.memory.release(this);
    this.chunks = [];
  }
}
