const HIGH_WORD = 0x1_0000_0000;
const FIRST_BYTES = 256;

/**
 * Writes the primitives of the Kafka protocol. Record bytes are taken by reference, never copied: the result is a list of
 * chunks for one gathered write.
 */
export class Writer {
  private readonly chunks: Buffer[] = [];
  private chunkBytes = 0;
  private bytes: Buffer;
  private start = 0;
  private at = 0;

  constructor(firstBytes = FIRST_BYTES) {
    this.bytes = Buffer.allocUnsafe(firstBytes);
  }

  private reserve(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, start + length));
      this.bytes.copy(grown, this.start, this.start, start);
      this.bytes = grown;
    }
    this.at = start + length;
    return start;
  }

  int8(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value & 0xff;
  }

  int16(value: number): void {
    const at = this.reserve(2);
    this.bytes.writeInt16BE(value, at);
  }

  uint16(value: number): void {
    const at = this.reserve(2);
    this.bytes.writeUInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.bytes.writeInt32BE(value, at);
  }

  int64(value: number): void {
    const at = this.reserve(8);
    const high = Math.floor(value / HIGH_WORD);
    this.bytes.writeInt32BE(high, at);
    this.bytes.writeUInt32BE(value - high * HIGH_WORD, at + 4);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  uvarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.int8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.int8(rest);
  }

  uuid(value: string): void {
    const at = this.reserve(16);
    this.bytes.write(value.replaceAll('-', ''), at, 16, 'hex');
  }

  raw(value: Buffer): void {
    const at = this.reserve(value.length);
    value.copy(this.bytes, at);
  }

  string(value: string, flexible: boolean): void {
    const length = Buffer.byteLength(value);
    if (flexible) this.uvarint(length + 1);
    else this.int16(length);
    const at = this.reserve(length);
    this.bytes.write(value, at, 'utf8');
  }

  arrayLength(length: number | null, flexible: boolean): void {
    if (flexible) this.uvarint(length === null ? 0 : length + 1);
    else this.int32(length ?? -1);
  }

  byteString(value: Buffer, flexible: boolean): void {
    this.arrayLength(value.length, flexible);
    this.raw(value);
  }

  /** Record batches by reference, as one byte string. */
  records(parts: readonly Buffer[], flexible: boolean): void {
    let length = 0;
    for (const part of parts) length += part.length;
    this.arrayLength(length, flexible);
    if (length === 0) return;
    this.cut();
    for (const part of parts) this.chunks.push(part);
    this.chunkBytes += length;
  }

  private cut(): void {
    if (this.at === this.start) return;
    this.chunks.push(this.bytes.subarray(this.start, this.at));
    this.chunkBytes += this.at - this.start;
    this.start = this.at;
  }

  get length(): number {
    return this.chunkBytes + this.at - this.start;
  }

  /** Overwrites an int32 written earlier, before any records. */
  patchInt32(at: number, value: number): void {
    const first = this.chunks[0] ?? this.bytes;
    first.writeInt32BE(value, at);
  }

  finish(): Buffer[] {
    this.cut();
    return this.chunks;
  }

  /** Everything as one buffer: for tests and small messages. */
  concat(): Buffer {
    return Buffer.concat(this.finish());
  }
}
