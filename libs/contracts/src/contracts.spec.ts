import { instant } from '@murmuration/kernel';
import { contractOf, EVENTS, keyOf, say } from './catalogue';
import { orderSubmitted } from './orders.events';
import { decodeRecord, encodeRecord, HOP_MAX } from './record';
import { STEPS } from './steps';

const provenance = {
  id: '4b1c6c0e-9a39-5d0e-8a3f-0a4f7b7f3c11',
  source: 'orders',
  time: instant('2026-03-01T09:30:00.000Z'),
  correlationId: 'c',
  causationId: 'k',
  hop: 1,
};
const wire = encodeRecord(say(orderSubmitted, orderSubmitted.example), provenance);

describe('the published language', () => {
  it.each(EVENTS.map((contract) => [contract.name, contract] as const))(
    '%s carries an example that its own schema accepts',
    (_, contract) => {
      expect(contract.schema.safeParse(contract.example)).toMatchObject({ success: true, data: contract.example });
    },
  );

  it('names each event once', () => {
    expect(new Set(EVENTS.map(({ name }) => name)).size).toBe(EVENTS.length);
  });

  it('is heard by at most one step of each service', () => {
    for (const steps of Object.values(STEPS)) {
      const heard = steps.flatMap(({ hears }) => [...hears]);
      expect(new Set(heard).size).toBe(heard.length);
    }
  });

  it('has a hearer for every event that is not terminal', () => {
    const heard = new Set<string>(Object.values(STEPS).flatMap((steps) => steps.flatMap(({ hears }) => [...hears])));
    expect(EVENTS.filter((contract) => !contract.terminal && !heard.has(contract.name))).toEqual([]);
  });
});

describe('a record', () => {
  it('is read back as it was said', () => {
    const decoded = decodeRecord(wire.headers, wire.value);
    expect(decoded).toEqual({
      kind: 'heard',
      event: {
        ...provenance,
        name: orderSubmitted.name,
        subject: orderSubmitted.example.orderId,
        data: orderSubmitted.example,
      },
    });
    expect(wire.key).toBe(keyOf(say(orderSubmitted, orderSubmitted.example)));
  });

  it('with fields the contract does not know is read without them', () => {
    const decoded = decodeRecord(wire.headers, JSON.stringify({ ...orderSubmitted.example, giftWrap: true }));
    expect(decoded).toMatchObject({ kind: 'heard', event: { data: orderSubmitted.example } });
  });

  it('of an unknown type is told apart from a broken one', () => {
    expect(decodeRecord({ ...wire.headers, ce_type: 'orders.order-juggled.v1' }, wire.value)).toEqual({
      kind: 'unknown-type',
      type: 'orders.order-juggled.v1',
      reason: 'no contract for events of type orders.order-juggled.v1',
    });
  });

  it.each([
    ['random bytes', wire.headers, '\u0000\u0001{', 'not JSON'],
    ['no value', wire.headers, null, 'no value'],
    ['no type', {}, wire.value, 'ce_type'],
    [
      'a field of the wrong kind',
      wire.headers,
      JSON.stringify({ ...orderSubmitted.example, totalMinor: '12' }),
      'totalMinor',
    ],
    ['a time that is none', { ...wire.headers, ce_time: 'noon' }, wire.value, 'ce_time'],
    ['too many hops', { ...wire.headers, hop: String(HOP_MAX + 1) }, wire.value, 'cycle'],
  ])('with %s is undecodable, and the reason says why', (_, headers, value, reason) => {
    const decoded = decodeRecord(headers, value);
    expect(decoded).toMatchObject({ kind: 'undecodable', reason: expect.stringContaining(reason) });
  });

  it('finds a contract by its full name only', () => {
    expect(contractOf('order-submitted')).toBeUndefined();
  });
});
