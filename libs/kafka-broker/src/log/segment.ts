import { closeSync, fdatasync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './directory-sync';
import { OffsetIndex } from './offset-index';

export const SEGMENT_SUFFIX = '.log';

/** One file of a log, named by the offset of its first record as Kafka names them. */
export class Segment {
  readonly index = new OffsetIndex();
  readonly path: string;
  /** The end of what was appended, of what was written to the file, and of what may be read. */
  sizeBytes = 0;
  writtenBytes = 0;
  committedBytes = 0;
  private descriptor: number | undefined;
  private isNameSafe = false;

  constructor(
    private readonly directory: string,
    readonly baseOffset: number,
  ) {
    this.path = join(directory, `${String(baseOffset).padStart(20, '0')}${SEGMENT_SUFFIX}`);
  }

  private open(): number {
    this.descriptor ??= openSync(this.path, 'a+');
    return this.descriptor;
  }

  /** Appends to the file; the whole of it or an error, after which the file may have a torn end. */
  write(bytes: Buffer, start: number, end: number): void {
    const descriptor = this.open();
    for (let at = start; at < end;) at += writeSync(descriptor, bytes, at, end - at);
    this.writtenBytes += end - start;
  }

  async sync(): Promise<void> {
    const descriptor = this.open();
    if (!this.isNameSafe) syncDirectory(this.directory);
    this.isNameSafe = true;
    await new Promise<void>((resolve, reject) => {
      fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  truncate(sizeBytes: number): void {
    ftruncateSync(this.open(), sizeBytes);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  /** Reads from the file, without holding a descriptor between reads of old data. Shorter where the file ends. */
  async read(position: number, length: number): Promise<Buffer> {
    const file = await open(this.path, 'r');
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
