import { KafkaBrokerError } from '../kafka-broker-error';
import { REQUEST_HEADER_BYTES_MIN } from '../protocol/header';

const SIZE_BYTES = 4;

/**
 * Cuts a byte stream into frames. Memory grows only with bytes that have arrived, never with a size that was announced; a
 * frame that comes in pieces is put together once, when it is whole.
 */
export class FrameReader {
  private pieces: Buffer[] = [];
  private held = 0;
  private wanted = SIZE_BYTES;

  constructor(private readonly frameBytesMax: number) {}

  /** Throws `malformed-request` for a size that no request has: the stream cannot be followed any further. */
  push(bytes: Buffer): Buffer[] {
    this.pieces.push(bytes);
    this.held += bytes.length;
    const frames: Buffer[] = [];
    if (this.held < this.wanted) return frames;
    let rest = this.pieces.length === 1 ? bytes : Buffer.concat(this.pieces, this.held);
    this.wanted = SIZE_BYTES;
    while (rest.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.sizeOf(rest);
      if (rest.length < end) {
        this.wanted = end;
        break;
      }
      frames.push(rest.subarray(SIZE_BYTES, end));
      rest = rest.subarray(end);
    }
    this.pieces = rest.length > 0 ? [rest] : [];
    this.held = rest.length;
    return frames;
  }

  private sizeOf(bytes: Buffer): number {
    const size = bytes.readInt32BE(0);
    if (size < REQUEST_HEADER_BYTES_MIN || size > this.frameBytesMax) {
      throw new KafkaBrokerError(
        'malformed-request',
        `a frame of ${size} bytes, at most ${this.frameBytesMax} are taken`,
      );
    }
    return size;
  }
}
