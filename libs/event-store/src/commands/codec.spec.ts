import { EventStoreError } from '../event-store-error';
import { jsonCodec } from './codec';

type Deposited = { readonly type: 'Deposited'; readonly account: string; readonly cents: number };

const codec = jsonCodec<Deposited>({
  Deposited: { version: 2, upcasters: [({ euros, ...rest }) => ({ ...rest, cents: Number(euros) * 100 })] },
});
const codeOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error instanceof EventStoreError ? error.code : error;
  }
};

describe('the codec of a service', () => {
  it('reads back what it wrote, and lifts what it wrote before', () => {
    const event: Deposited = { type: 'Deposited', account: 'a', cents: 300 };
    expect(codec.decode(codec.encode(event))).toEqual(event);
    const former = { type: 'Deposited', schemaVersion: 1, data: '{"account":"a","euros":3}' };
    expect(codec.decode(former)).toEqual(event);
  });

  it('tells what newer code has stored from what is wrong', () => {
    const stored = { type: 'Deposited', schemaVersion: 2, data: '{}' };
    expect(codeOf(() => codec.decode({ ...stored, schemaVersion: 3 }))).toBe('unknown-event');
    expect(codeOf(() => codec.decode({ ...stored, type: 'Donated' }))).toBe('unknown-event');
    expect(codeOf(() => codec.decode({ ...stored, type: 'toString' }))).toBe('unknown-event');
    expect(codeOf(() => codec.decode({ ...stored, data: '{' }))).toBeInstanceOf(SyntaxError);
  });

  it('writes no event that it has no shape for', () => {
    const other = { type: 'Donated', account: 'a', cents: 1 } as unknown as Deposited; // because its types keep such a caller out
    expect(() => codec.encode(other)).toThrow('an event type this service stores, got Donated');
  });
});
