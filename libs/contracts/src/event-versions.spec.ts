import { instant } from '@murmuration/kernel';
import { z } from 'zod';
import { EVENTS, say } from './catalogue';
import { declareEvent, earlierVersion, versionsOf, type EventContract } from './event-contract';
import { decodeRecord, encodeRecord, recordDecoder } from './record';
import { orderSubmitted } from './orders.events';

const first = z.object({ orderId: z.string(), weightGrams: z.int() });
const second = z.object({ orderId: z.string(), weightKg: z.number() });
const third = z.object({ orderId: z.string(), weight: z.object({ value: z.number(), unit: z.enum(['kg', 'lb']) }) });

const weighed = declareEvent('shipping')('parcel-weighed', {
  version: 3,
  earlier: [
    earlierVersion(first, ({ orderId, weightGrams }) => ({ orderId, weightKg: weightGrams / 1000 })),
    earlierVersion(second, ({ orderId, weightKg }) => ({ orderId, weight: { value: weightKg, unit: 'kg' } })),
  ],
  key: 'orderId',
  schema: third,
  example: { orderId: 'o-1', weight: { value: 1.2, unit: 'kg' } },
});

const decode = recordDecoder([weighed]);
const headersOf = (type: string) => ({
  ce_type: type,
  ce_id: 'e-1',
  ce_source: 'shipping',
  ce_time: '2026-03-01T09:30:00.000Z',
});

describe('an event of a later version', () => {
  it('is named by its version, and knows the versions before', () => {
    expect(weighed.name).toBe('shipping.parcel-weighed.v3');
    expect(versionsOf(weighed as EventContract).map(({ name }) => name)).toEqual([
      'shipping.parcel-weighed.v1',
      'shipping.parcel-weighed.v2',
      'shipping.parcel-weighed.v3',
    ]);
  });

  it.each([
    ['shipping.parcel-weighed.v1', { orderId: 'o-1', weightGrams: 1200 }],
    ['shipping.parcel-weighed.v2', { orderId: 'o-1', weightKg: 1.2 }],
    ['shipping.parcel-weighed.v3', { orderId: 'o-1', weight: { value: 1.2, unit: 'kg' } }],
  ])('reads %s in the words of today', (type, payload) => {
    expect(decode(headersOf(type), JSON.stringify(payload))).toMatchObject({
      kind: 'heard',
      event: { name: weighed.name, subject: 'o-1', data: weighed.example },
    });
  });

  it('reads an old version with fields that it does not know', () => {
    const payload = JSON.stringify({ orderId: 'o-1', weightGrams: 1200, scales: 'north' });
    expect(decode(headersOf('shipping.parcel-weighed.v1'), payload)).toMatchObject({
      event: { data: weighed.example },
    });
  });

  it('checks a payload by the version that it claims to be', () => {
    const payload = JSON.stringify({ orderId: 'o-1', weightKg: 1.2 });
    expect(decode(headersOf('shipping.parcel-weighed.v1'), payload)).toEqual({
      kind: 'undecodable',
      reason: expect.stringContaining('shipping.parcel-weighed.v1: weightGrams') as string,
    });
  });

  it('checks what its own lift makes of an old payload', () => {
    const careless = declareEvent('shipping')('parcel-weighed', {
      version: 2,
      earlier: [earlierVersion(first, ({ orderId }) => ({ orderId }))],
      key: 'orderId',
      schema: second,
      example: { orderId: 'o-1', weightKg: 1.2 },
    });
    const decoded = recordDecoder([careless])(
      headersOf('shipping.parcel-weighed.v1'),
      JSON.stringify({ orderId: 'o-1', weightGrams: 1200 }),
    );
    expect(decoded).toMatchObject({ kind: 'undecodable', reason: expect.stringContaining('weightKg') as string });
  });

  it('of a version that is still to come is unknown, and waits for the deploy that knows it', () => {
    expect(decode(headersOf('shipping.parcel-weighed.v4'), '{}')).toMatchObject({ kind: 'unknown-version' });
    expect(decode(headersOf('shipping.parcel-juggled.v1'), '{}')).toMatchObject({ kind: 'unknown-type' });
  });

  it('cannot be declared without the versions before it', () => {
    const declare = () =>
      declareEvent('shipping')('parcel-weighed', {
        version: 2,
        key: 'orderId',
        schema: second,
        example: { orderId: 'o', weightKg: 1 },
      });
    expect(declare).toThrow('every version of parcel-weighed before 2 is declared');
  });
});

/** The payload with a field more in every object of it. */
const grown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  return {
    ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])),
    addedLater: { by: ['us'] },
  };
};

describe('a tolerant reader', () => {
  const provenance = {
    id: '4b1c6c0e-9a39-5d0e-8a3f-0a4f7b7f3c11',
    source: 'orders',
    time: instant('2026-03-01T09:30:00.000Z'),
    correlationId: 'c',
    causationId: 'k',
    hop: 1,
  };

  it.each(EVENTS.map((contract) => [contract.name, contract as EventContract] as const))(
    'reads %s with fields more at every depth as if they were not there',
    (name, { example }) => {
      const { headers } = encodeRecord(say(orderSubmitted, orderSubmitted.example), provenance);
      const decoded = decodeRecord({ ...headers, ce_type: name }, JSON.stringify(grown(example)));
      expect(decoded).toMatchObject({ kind: 'heard' });
      expect(decoded.kind === 'heard' && decoded.event.data).toEqual(example);
    },
  );
});
