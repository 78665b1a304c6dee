import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declareEvent, earlierVersion, type EventContract } from '@murmuration/contracts';
import { z } from 'zod';
import { jsonSchemaOf } from '../schema/json-schema';
import { updateOf, type Baseline } from './baseline';
import { readBaseline, writeBaseline } from './baseline-files';

const first = z.object({ orderId: z.string(), grams: z.int() });
const grown = first.extend({ by: z.string().optional() });
const other = z.object({ orderId: z.string(), kilograms: z.number() });

const weighed = (schema: z.ZodType, example: object): readonly EventContract[] => [
  declareEvent('shipping')('parcel-weighed', { key: 'orderId' as never, schema, example }),
];
const EXAMPLE = { orderId: 'o-1', grams: 1 };
const NAME = 'shipping.parcel-weighed.v1';
const NOTHING: Baseline = { schemas: new Map(), golden: new Map() };
const shipped: Baseline = { schemas: new Map([[NAME, jsonSchemaOf(first)]]), golden: new Map([[NAME, EXAMPLE]]) };

describe('a baseline', () => {
  it('gets the schema and an example of what is new', () => {
    expect(updateOf(weighed(first, EXAMPLE), NOTHING)).toEqual({ ...shipped, refused: [] });
  });

  it('stays as it is when nothing changed', () => {
    expect(updateOf(weighed(first, EXAMPLE), shipped)).toEqual({ ...NOTHING, refused: [] });
  });

  it('follows a version that grew by an optional field, and keeps its example', () => {
    const update = updateOf(weighed(grown, { ...EXAMPLE, by: 'mira' }), shipped);
    expect(update).toEqual({ schemas: new Map([[NAME, jsonSchemaOf(grown)]]), golden: new Map(), refused: [] });
  });

  it('refuses a version that changed in another way', () => {
    expect(updateOf(weighed(other, { orderId: 'o-1', kilograms: 1 }), shipped)).toEqual({
      ...NOTHING,
      refused: [NAME],
    });
  });

  it('gets a new version beside the one before', () => {
    const second = declareEvent('shipping')('parcel-weighed', {
      version: 2,
      earlier: [earlierVersion(first, ({ orderId, grams }) => ({ orderId, kilograms: grams / 1000 }))],
      key: 'orderId',
      schema: other,
      example: { orderId: 'o-1', kilograms: 0.001 },
    });
    const update = updateOf([second], shipped);
    expect([...update.schemas.keys(), ...update.golden.keys(), ...update.refused]).toEqual([
      'shipping.parcel-weighed.v2',
      'shipping.parcel-weighed.v2',
    ]);
  });
});

describe('the files of a baseline', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baseline-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are read as they were written', () => {
    expect(readBaseline(root)).toEqual(NOTHING);
    writeBaseline(root, { ...shipped, refused: [] });
    expect(readBaseline(root)).toEqual(shipped);
  });

  it('never have an example written again', () => {
    const [, golden = ''] = writeBaseline(root, { ...shipped, refused: [] });
    const changed = { ...NOTHING, golden: new Map([[NAME, { orderId: 'o-2', grams: 2 }]]), refused: [] };
    expect(() => writeBaseline(root, changed)).toThrow('EEXIST');
    expect(JSON.parse(readFileSync(join(root, golden), 'utf8'))).toEqual(EXAMPLE);
  });
});
