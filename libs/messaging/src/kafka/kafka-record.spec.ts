import { inboundRecord } from './kafka-record';

const record = { key: null, value: null, offset: '7', timestamp: '1772357400000', attributes: 0, headers: {} };

describe('a record as Kafka gives it', () => {
  it('has its key and headers as text and its value as bytes', () => {
    const value = Buffer.from([0xff, 0x00]);
    const headers = { ce_id: Buffer.from('e1'), twice: [Buffer.from('one'), Buffer.from('two')], none: undefined };
    expect(inboundRecord('t', 2, { ...record, key: Buffer.from('órder'), value, headers })).toEqual({
      ...{ topic: 't', partition: 2, offset: '7', key: 'órder', value, timestamp: '2026-03-01T09:30:00.000Z' },
      headers: { ce_id: 'e1', twice: 'one', none: undefined },
    });
  });

  it('may lack a key, a value and headers', () => {
    expect(inboundRecord('t', 0, record)).toMatchObject({ key: null, value: null, headers: {} });
  });

  it.each(['-1', '9223372036854775806', 'noise'])('may bear a timestamp that is no instant: %s', (timestamp) => {
    expect(inboundRecord('t', 0, { ...record, timestamp }).timestamp).toMatch(/^\d{4}-/);
  });
});
