import { declareEvent, earlierVersion, type EventContract } from '@murmuration/contracts';
import { z } from 'zod';
import type { Baseline } from '../baseline/baseline';
import { jsonSchemaOf } from '../schema/json-schema';
import { check } from './check';
import type { Choreography } from './choreography';

const found = (choreography: Choreography, by: Baseline) => check(choreography, by);
const sentences = (choreography: Choreography, by: Baseline): readonly string[] =>
  found(choreography, by).map(({ sentence }) => sentence);

describe('the check finds, of schemas,', () => {
  const weigh = declareEvent('shipping');
  const first = z.object({ orderId: z.string(), grams: z.int() });
  const second = z.object({ orderId: z.string(), kilograms: z.number() });
  const weighed = weigh('parcel-weighed', {
    key: 'orderId',
    terminal: true,
    schema: first,
    example: { orderId: 'o-1', grams: 1 },
  });
  const shipped: Baseline = {
    schemas: new Map([['shipping.parcel-weighed.v1', jsonSchemaOf(first)]]),
    golden: new Map([['shipping.parcel-weighed.v1', weighed.example]]),
  };
  const language = (...events: readonly EventContract<string, never>[]): Choreography => ({
    events: events, // because a schema reads what it says, whatever that is
    steps: [],
    deadlines: [],
  });

  it('nothing in what was shipped as it is', () => {
    expect(sentences(language(weighed as never), shipped)).toEqual([]);
  });

  it('an event that nobody has recorded yet', () => {
    expect(sentences(language(weighed as never), { schemas: new Map(), golden: new Map() })).toEqual([
      'shipping.parcel-weighed.v1 is not in the baseline',
      'shipping.parcel-weighed.v1 has no golden example',
    ]);
  });

  it('a breaking change under the same version', () => {
    const changed = { ...weighed, schema: second };
    expect(found(language(changed as never), shipped)).toContainEqual({
      rule: 'schema-compatibility',
      sentence:
        'shipping.parcel-weighed.v1, grams: the required field is gone: services of before cannot read what is said now',
      place: 'libs/contracts, event shipping.parcel-weighed.v1',
      mend: 'take the change back, or declare version 2 with this one among its `earlier` versions',
    });
    expect(sentences(language(changed as never), shipped)).toContain(
      'the golden example of shipping.parcel-weighed.v1 cannot be read: shipping.parcel-weighed.v1: kilograms: Invalid input: expected number, received undefined',
    );
  });

  it('growth that the baseline does not know', () => {
    const grown = { ...weighed, schema: first.extend({ by: z.string().optional() }) };
    expect(sentences(language(grown as never), shipped)).toEqual([
      'shipping.parcel-weighed.v1, by: an optional field is added, and the baseline does not know it',
    ]);
  });

  it('a shipped event that is gone', () => {
    expect(sentences(language(), shipped)).toEqual([
      'shipping.parcel-weighed.v1 was shipped, but its records cannot be read any more',
    ]);
  });

  it('a new version that forgets the one before', () => {
    const renamed = { ...weighed, name: 'shipping.parcel-weighed.v2' };
    expect(sentences(language(renamed as never), shipped)).toContain(
      'shipping.parcel-weighed.v1 was shipped, but its records cannot be read any more',
    );
  });

  const versioned = (lift: (data: z.infer<typeof first>) => unknown) =>
    weigh('parcel-weighed', {
      version: 2,
      earlier: [earlierVersion(first, lift)],
      key: 'orderId',
      terminal: true,
      schema: second,
      example: { orderId: 'o-1', kilograms: 0.001 },
    });
  const both: Baseline = {
    schemas: new Map([...shipped.schemas, ['shipping.parcel-weighed.v2', jsonSchemaOf(second)]]),
    golden: new Map<string, unknown>([
      ...shipped.golden,
      ['shipping.parcel-weighed.v2', { orderId: 'o-1', kilograms: 1 }],
    ]),
  };

  it('nothing in a new version that lifts the one before', () => {
    const lifted = versioned(({ orderId, grams }) => ({ orderId, kilograms: grams / 1000 }));
    expect(sentences(language(lifted as never), both)).toEqual([]);
  });

  it('a lift that does not make what the next version reads', () => {
    const careless = versioned(({ orderId }) => ({ orderId }));
    expect(sentences(language(careless as never), both)).toEqual([
      expect.stringContaining(
        'the golden example of shipping.parcel-weighed.v1 cannot be read: shipping.parcel-weighed.v2: kilograms',
      ),
    ]);
  });
});
