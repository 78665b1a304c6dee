import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encodeKafkajsRecord, type KafkajsRecord } from './kafkajs-records';

const original = createRequire(__filename)('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: KafkajsRecord,
) => { readonly buffer: Buffer };

const text = fc.string({ unit: 'binary', maxLength: 300 });

it('a record is encoded to the bytes that kafkajs itself makes of it', () => {
  const records = fc.record({
    offsetDelta: fc.nat(1_000_000),
    timestampDelta: fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
    key: fc.option(text),
    value: fc.option(fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))),
    headers: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 3 }))),
  });
  fc.assert(
    fc.property(records, (record) => {
      expect(encodeKafkajsRecord(record).equals(original(record).buffer)).toBe(true);
    }),
  );
});
