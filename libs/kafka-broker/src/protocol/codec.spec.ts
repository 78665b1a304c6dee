import { seededChance } from '@murmuration/testing';
import { apiNames, apis, atVersion } from './api';
import { arrayOf, bool, bytes, int16, int32, int64, int8, string, Struct, uuid } from './field';
import { Reader } from './reader';
import { Writer } from './writer';
import { batchOf, encodeRequest, produceOf } from '../wire.fixture';

const CLASSIC = { version: 0, flexible: false };
const COMPACT = { version: 1, flexible: true };

describe('primitives', () => {
  it.each([0, 1, -1, 255, -256, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'keep %i as 64 bits, as two’s complement',
    (value) => {
      const writer = new Writer();
      writer.int64(value);
      const written = writer.concat();
      expect(written.readBigInt64BE(0)).toBe(BigInt(value));
      expect(new Reader(written).int64()).toBe(value);
    },
  );

  it.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])('keep %i as a varint', (value) => {
    const writer = new Writer();
    writer.uvarint(value);
    expect(new Reader(writer.concat()).uvarint()).toBe(value);
  });

  it('refuse to be read beyond the frame', () => {
    const reader = new Reader(Buffer.from([0, 0, 0]));
    expect(() => reader.int32()).toThrow(expect.objectContaining({ code: 'malformed-request' }));
  });

  it('grow while records by reference lie between them', () => {
    const writer = new Writer(4);
    writer.int32(1);
    const part = Buffer.from('records');
    writer.records([part, part], false);
    for (let value = 0; value < 100; value++) writer.int32(value);
    const chunks = writer.finish();
    expect(chunks.includes(part)).toBe(true);
    const written = Buffer.concat(chunks);
    expect(written.readInt32BE(4)).toBe(2 * part.length);
    expect(written.readInt32BE(written.length - 4)).toBe(99);
  });
});

describe('a message table', () => {
  const struct = new Struct({
    always: int32,
    later: int64.since(1).or(-1),
    gone: int8.between(0, 0).or(7),
    name: string.nullableSince(1),
    list: arrayOf({ id: uuid, flag: bool }).nullableSince(1),
    extra: int16.since(1).or(5).tagged(3),
    opaque: bytes,
  });
  const value = {
    always: 1,
    later: 2,
    gone: 3,
    name: 'größe',
    list: [{ id: '01234567-89ab-cdef-0123-456789abcdef', flag: true }],
    opaque: Buffer.from([1, 2]),
  };
  const roundTrip = (given: Parameters<typeof struct.write>[1], at: typeof CLASSIC) => {
    const writer = new Writer();
    struct.write(writer, given, at);
    const reader = new Reader(writer.concat());
    const read = struct.read(reader, at);
    expect(reader.remaining).toBe(0);
    return read;
  };

  it('gives the defaults for what a version lacks', () => {
    expect(roundTrip(value, CLASSIC)).toEqual({ ...value, later: -1, gone: 3, extra: 5 });
    expect(roundTrip(value, COMPACT)).toEqual({ ...value, gone: 7, extra: 5 });
  });

  it('carries tagged fields and skips those it does not know', () => {
    expect(roundTrip({ ...value, extra: 9 }, COMPACT)).toMatchObject({ extra: 9 });
    const known = new Struct({ always: int32 });
    const writer = new Writer();
    new Struct({ always: int32, extra: int32.tagged(8) }).write(writer, { always: 1, extra: 2 }, COMPACT);
    expect(known.read(new Reader(writer.concat()), COMPACT)).toEqual({ always: 1 });
  });

  it('takes null where the version allows it, and nowhere else', () => {
    expect(roundTrip({ ...value, name: null, list: null }, COMPACT)).toMatchObject({ name: null, list: null });
    expect(() => roundTrip({ ...value, name: null }, CLASSIC)).toThrow('expected: name is not null');
    const nameless = Buffer.from([0, 0, 0, 1, 3, 0xff, 0xff]);
    expect(() => struct.read(new Reader(nameless), CLASSIC)).toThrow('name must not be null');
  });
});

describe('every API', () => {
  const versions = apiNames.flatMap((name) =>
    Array.from({ length: apis[name].max - apis[name].min + 1 }, (_, index) => [name, apis[name].min + index] as const),
  );

  it.each(versions)('%s version %i never fails on damaged bytes but by refusing them', (name, version) => {
    const chance = seededChance(version + apis[name].key * 100);
    const at = atVersion(name, version);
    for (let round = 0; round < 60; round++) {
      const damaged = Buffer.from(Array.from({ length: chance.integer(0, 80) }, () => chance.integer(0, 256)));
      // Mostly small numbers, so that lengths are often believable.
      for (let index = 0; index < damaged.length; index++) if (chance.happens(0.7)) damaged[index]! &= 3;
      try {
        apis[name].request.read(new Reader(damaged), at);
      } catch (error) {
        expect(error).toMatchObject({ code: 'malformed-request' });
      }
    }
  });

  it('has its own key, and flexible versions behind the classic ones', () => {
    expect(new Set(apiNames.map((name) => apis[name].key)).size).toBe(apiNames.length);
    for (const name of apiNames) {
      expect(apis[name].min).toBeLessThanOrEqual(apis[name].max);
      expect(apis[name].advertisedMin).toBeLessThanOrEqual(apis[name].min);
    }
  });
});

describe('a produce request of version 7', () => {
  it('lies on the wire as the protocol says', () => {
    const batch = batchOf({ values: ['v'] });
    const written = encodeRequest('produce', 7, 9, produceOf('t', batch));
    const expected = [
      '0000', // api_key
      '0007', // api_version
      '00000009', // correlation_id
      '000477697265', // client_id
      'ffff', // transactional_id
      'ffff', // acks
      '00001388', // timeout_ms
      '00000001', // topics
      '000174', // name
      '00000001', // partitions
      '00000000', // index
    ];
    const length = Buffer.alloc(4);
    length.writeInt32BE(batch.length);
    expect(written.subarray(4)).toEqual(Buffer.concat([Buffer.from(expected.join(''), 'hex'), length, batch]));
  });
});
