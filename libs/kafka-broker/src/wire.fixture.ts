import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { crc32c } from './log/crc32c';
import { type ApiName, apis, atVersion, type RequestOf, type ResponseOf } from './protocol/api';
import type { Decoded, Encodable, Fields, Struct } from './protocol/field';
import { responseHasTaggedHeader } from './protocol/header';
import { Reader } from './protocol/reader';
import { Writer } from './protocol/writer';
import { FrameReader } from './server/frame-reader';

const FRAME_BYTES_MAX = 200 * 1024 * 1024;

type ResponseFields<Name extends ApiName> =
  (typeof apis)[Name]['response'] extends Struct<infer F extends Fields> ? F : never;
type RequestFields<Name extends ApiName> =
  (typeof apis)[Name]['request'] extends Struct<infer F extends Fields> ? F : never;

/** What a client reads of a response. */
export type Heard<Name extends ApiName> = Decoded<ResponseFields<Name>>;
export type Said<Name extends ApiName> = Encodable<RequestFields<Name>>;
export type { RequestOf, ResponseOf };

export const encodeRequest = <Name extends ApiName>(
  name: Name,
  version: number,
  correlationId: number,
  request: Said<Name>,
): Buffer => {
  const at = atVersion(name, version);
  const writer = new Writer();
  writer.int32(0);
  writer.int16(apis[name].key);
  writer.int16(version);
  writer.int32(correlationId);
  writer.string('wire', false);
  if (at.flexible) writer.uvarint(0);
  (apis[name].request as Struct<Fields>).write(writer, request, at);
  writer.patchInt32(0, writer.length - 4);
  return writer.concat();
};

export const decodeResponse = <Name extends ApiName>(name: Name, version: number, frame: Buffer): Heard<Name> => {
  const at = atVersion(name, version);
  const reader = new Reader(frame);
  reader.int32();
  if (responseHasTaggedHeader(name, at.flexible)) reader.taggedFields(() => undefined);
  return (apis[name].response as Struct<Fields>).read(reader, at) as Heard<Name>;
};

/** A client without a mind of its own: says exactly what a test wants said. */
export class WireClient {
  private readonly frames = new FrameReader(FRAME_BYTES_MAX);
  private readonly waiting: ((frame: Buffer) => void)[] = [];
  private correlationId = 0;
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => {
      for (const frame of this.frames.push(bytes)) this.waiting.shift()?.(frame);
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async to(address: string): Promise<WireClient> {
    const [host, port] = address.split(':');
    const socket = connect({ host: host!, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** The next frame that comes; rejects when the connection ends first. */
  frame(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      void this.closed.then(() => reject(new Error('the connection was closed')));
    });
  }

  async ask<Name extends ApiName>(name: Name, version: number, request: Said<Name>): Promise<Heard<Name>> {
    const answer = this.frame();
    this.socket.write(encodeRequest(name, version, this.correlationId++, request));
    return decodeResponse(name, version, await answer);
  }

  close(): void {
    this.socket.destroy();
  }
}

export type BatchOptions = {
  readonly values: readonly string[];
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** One for each record, in milliseconds; the default is 1000, 1001, … */
  readonly timestamps?: readonly number[];
};

const varint = (value: number): Buffer => {
  const writer = new Writer();
  writer.uvarint(value >= 0 ? value * 2 : -value * 2 - 1);
  return writer.concat();
};

const recordOf = (value: string, timestampDelta: number, offsetDelta: number): Buffer => {
  const bytes = Buffer.from(value);
  const parts = [Buffer.from([0]), varint(timestampDelta), varint(offsetDelta), varint(-1)];
  const body = Buffer.concat([...parts, varint(bytes.length), bytes, varint(0)]);
  return Buffer.concat([varint(body.length), body]);
};

/** One record batch of version 2, as a producer makes it. */
export const batchOf = (options: BatchOptions): Buffer => {
  const { values, producerId = -1, producerEpoch = -1, baseSequence = -1 } = options;
  const timestamps = options.timestamps ?? values.map((_, index) => 1000 + index);
  const body = new Writer();
  body.int16(0);
  body.int32(values.length - 1);
  body.int64(timestamps[0]!);
  body.int64(Math.max(...timestamps));
  body.int64(producerId);
  body.int16(producerEpoch);
  body.int32(baseSequence);
  body.int32(values.length);
  for (const [index, value] of values.entries()) body.raw(recordOf(value, timestamps[index]! - timestamps[0]!, index));
  const covered = body.concat();
  const batch = new Writer();
  batch.int64(0);
  batch.int32(covered.length + 9);
  batch.int32(-1);
  batch.int8(2);
  const crc = crc32c(covered);
  batch.int32(crc | 0);
  batch.raw(covered);
  return batch.concat();
};

export const produceOf = (topic: string, batch: Buffer, partition = 0, acks = -1): Said<'produce'> => ({
  acks,
  timeoutMs: 5000,
  topics: [{ name: topic, partitions: [{ index: partition, records: [batch] }] }],
});

export type FetchOptions = {
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly partition?: number;
};

export const fetchOf = (topic: string, fetchOffset: number, options: FetchOptions = {}): Said<'fetch'> => ({
  maxWaitMs: options.maxWaitMs ?? 0,
  minBytes: options.minBytes ?? 1,
  maxBytes: 10_000_000,
  topics: [
    {
      name: topic,
      partitions: [
        {
          index: options.partition ?? 0,
          fetchOffset,
          partitionMaxBytes: options.partitionMaxBytes ?? 1_000_000,
        },
      ],
    },
  ],
});
