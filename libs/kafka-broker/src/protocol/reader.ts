import { KafkaBrokerError } from '../kafka-broker-error';

const HIGH_WORD = 0x1_0000_0000;
const UVARINT_BYTES_MAX = 5;
/** In all arrays of one frame together: each becomes a thing many times larger than its bytes. */
const ELEMENTS_MAX = 1_000_000;

const malformed = (what: string): KafkaBrokerError => new KafkaBrokerError('malformed-request', what);

/** Reads the primitives of the Kafka protocol from one frame; every read is bounded by the frame. */
export class Reader {
  private at: number;
  private elements = 0;

  constructor(
    private readonly bytes: Buffer,
    start = 0,
  ) {
    this.at = start;
  }

  get position(): number {
    return this.at;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  private advance(length: number): number {
    const start = this.at;
    if (length < 0 || start + length > this.bytes.length) {
      throw malformed(`${length} bytes wanted at ${start}, the frame has ${this.bytes.length}`);
    }
    this.at = start + length;
    return start;
  }

  int8(): number {
    return this.bytes.readInt8(this.advance(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.advance(2));
  }

  uint16(): number {
    return this.bytes.readUInt16BE(this.advance(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.advance(4));
  }

  /** Exact within ±2^53, which offsets, timestamps in milliseconds and producer ids never leave. */
  int64(): number {
    const start = this.advance(8);
    return this.bytes.readInt32BE(start) * HIGH_WORD + this.bytes.readUInt32BE(start + 4);
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  uvarint(): number {
    let value = 0;
    for (let index = 0; index < UVARINT_BYTES_MAX; index++) {
      const byte = this.bytes[this.advance(1)]!;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw malformed('a varint of more than five bytes');
  }

  uuid(): string {
    const hex = this.slice(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** A view of the frame, not a copy. */
  slice(length: number): Buffer {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.advance(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** The length of an array, refused when the rest of the frame is shorter, or when it makes too many elements. */
  arrayLength(flexible: boolean): number | null {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    if (length < 0) return null;
    if (length > this.remaining) throw malformed(`an array of ${length} elements in ${this.remaining} bytes`);
    this.elements += length;
    if (this.elements > ELEMENTS_MAX) throw malformed(`more than ${ELEMENTS_MAX} elements`);
    return length;
  }

  stringLength(flexible: boolean): number | null {
    const length = flexible ? this.uvarint() - 1 : this.int16();
    return length < 0 ? null : length;
  }

  bytesLength(flexible: boolean): number | null {
    const length = flexible ? this.uvarint() - 1 : this.int32();
    return length < 0 ? null : length;
  }

  /** Hands each tagged field to `visit`, which reads it or leaves it to be skipped. */
  taggedFields(visit: (tag: number, size: number) => void): void {
    const count = this.uvarint();
    if (count > this.remaining) throw malformed(`${count} tagged fields in ${this.remaining} bytes`);
    for (let index = 0; index < count; index++) {
      const tag = this.uvarint();
      const size = this.uvarint();
      const end = this.at + size;
      if (size > this.remaining) throw malformed(`a tagged field of ${size} bytes in ${this.remaining}`);
      visit(tag, size);
      if (this.at > end) throw malformed(`tagged field ${tag} is longer than its size`);
      this.at = end;
    }
  }
}
