import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Durable } from './committer';
import { crc32c } from './crc32c';
import { syncDirectory } from './directory-sync';

/*
 * Journal => [entry]
 *   entry => length crc payload
 * An entry that is torn or damaged ends the journal: it was never acknowledged.
 */
const ENTRY_HEADER_BYTES = 8;

const entryOf = (payload: Buffer): Buffer => {
  const header = Buffer.allocUnsafe(ENTRY_HEADER_BYTES);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt32BE(crc32c(payload), 4);
  return Buffer.concat([header, payload]);
};

/** An append-only file of small entries, written by the same commit rounds as the records. */
export class Journal implements Durable {
  private descriptor: number | undefined;
  private pending: Buffer[] = [];
  private writtenBytes = 0;
  private committedBytes = 0;
  /** Until it has been read to its end, nothing may be written: it could stand behind a torn entry. */
  private isWhole = false;

  /** `onRollBack` hears that entries which were appended are gone. */
  constructor(
    private readonly path: string,
    private readonly onRollBack: () => void,
  ) {}

  /** Reads every entry and opens the journal for appending. A torn end is cut off; the result is how many bytes it had. */
  open(visit: (payload: Buffer) => void): number {
    this.close();
    this.pending = [];
    this.descriptor = openSync(this.path, 'a+');
    const bytes = readFileSync(this.path);
    let at = 0;
    while (at + ENTRY_HEADER_BYTES <= bytes.length) {
      const end = at + ENTRY_HEADER_BYTES + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      const payload = bytes.subarray(at + ENTRY_HEADER_BYTES, end);
      if (bytes.readUInt32BE(at + 4) !== crc32c(payload)) break;
      visit(payload);
      at = end;
    }
    if (at < bytes.length) ftruncateSync(this.descriptor, at);
    this.writtenBytes = at;
    this.committedBytes = at;
    this.isWhole = true;
    return bytes.length - at;
  }

  get sizeBytes(): number {
    return this.committedBytes;
  }

  append(payload: Buffer): void {
    this.pending.push(entryOf(payload));
  }

  /** Throws when it cannot write, and while it could not be read again after that. */
  write(): void {
    if (!this.isWhole) throw new Error(`${this.path} is to be read again first`);
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    for (let at = 0; at < bytes.length;) at += writeSync(this.file(), bytes, at);
    this.writtenBytes += bytes.length;
  }

  private file(): number {
    this.descriptor ??= openSync(this.path, 'a+');
    return this.descriptor;
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.file(), (error) => (error === null ? resolve() : reject(error)));
    });
  }

  committed(): void {
    this.committedBytes = this.writtenBytes;
  }

  rollBack(): void {
    this.isWhole = false;
    this.onRollBack();
  }

  /** Replaces the whole file at once by these entries. What was appended and not written yet stays to be written. */
  rewrite(payloads: readonly Buffer[]): void {
    const bytes = Buffer.concat(payloads.map(entryOf));
    const descriptor = openSync(`${this.path}.new`, 'w');
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(`${this.path}.new`, this.path);
    syncDirectory(dirname(this.path));
    this.close();
    this.writtenBytes = bytes.length;
    this.committedBytes = bytes.length;
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}
