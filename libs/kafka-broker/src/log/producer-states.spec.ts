import { ErrorCode } from '../protocol/error-code';
import { ProducerStates } from './producer-states';

const batch = (baseSequence: number, count = 2, producerEpoch = 0, producerId = 1) => ({
  producerId,
  producerEpoch,
  baseSequence,
  count,
});

describe('the state of idempotent producers', () => {
  const written = (...sequences: number[]) => {
    const states = new ProducerStates();
    for (const sequence of sequences) states.record(batch(sequence), 100 + sequence);
    return states;
  };
  const outOfOrder = { verdict: 'refused', errorCode: ErrorCode.outOfOrderSequenceNumber };

  it('takes whatever a producer without numbers sends', () => {
    expect(written(0).judge(batch(-1, 5, -1, -1))).toEqual({ verdict: 'new' });
  });

  it('takes the first batch of a producer with any number', () => {
    expect(new ProducerStates().judge(batch(17))).toEqual({ verdict: 'new' });
  });

  it('takes the batch that follows, and no other', () => {
    expect(written(0).judge(batch(2))).toEqual({ verdict: 'new' });
    expect(written(0).judge(batch(3))).toEqual(outOfOrder);
    expect(written(0).judge(batch(1))).toEqual(outOfOrder);
  });

  it('knows the last five batches when they are sent again', () => {
    const states = written(0, 2, 4, 6, 8, 10);
    for (const sequence of [2, 4, 6, 8, 10]) {
      expect(states.judge(batch(sequence))).toEqual({ verdict: 'duplicate', baseOffset: 100 + sequence });
    }
    expect(states.judge(batch(0))).toEqual(outOfOrder);
  });

  it('does not take a batch of another length for a repetition', () => {
    expect(written(0).judge(batch(0, 3))).toEqual(outOfOrder);
  });

  it('refuses an epoch that is over, and begins a new one at number 0', () => {
    const states = new ProducerStates();
    states.record(batch(0, 2, 3), 0);
    expect(states.judge(batch(2, 2, 2))).toEqual({ verdict: 'refused', errorCode: ErrorCode.invalidProducerEpoch });
    expect(states.judge(batch(2, 2, 4))).toEqual(outOfOrder);
    expect(states.judge(batch(0, 2, 4))).toEqual({ verdict: 'new' });
  });

  it('goes on at 0 behind the greatest number', () => {
    const states = written(0x7ffffffe);
    expect(states.judge(batch(0))).toEqual({ verdict: 'new' });
  });

  it('is the same after a snapshot', () => {
    const states = new ProducerStates();
    states.restore(written(0, 2).snapshot());
    expect(states.judge(batch(2))).toEqual({ verdict: 'duplicate', baseOffset: 102 });
    expect(states.judge(batch(4))).toEqual({ verdict: 'new' });
  });

  it('holds a bounded number of producers, those heard of last', () => {
    const states = new ProducerStates();
    for (let producerId = 0; producerId <= 10_000; producerId++) states.record(batch(0, 1, 0, producerId), producerId);
    expect(states.judge(batch(5, 1, 0, 0))).toEqual({ verdict: 'new' });
    expect(states.judge(batch(5, 1, 0, 1))).toEqual(outOfOrder);
  });
});
