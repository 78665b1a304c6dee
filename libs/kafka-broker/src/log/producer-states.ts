import { ErrorCode } from '../protocol/error-code';
import type { Sequence } from './record-batch';

const BATCHES_KEPT_MAX = 5;
const PRODUCERS_MAX = 10_000;
const SEQUENCES = 0x8000_0000;

type KeptBatch = { readonly first: number; readonly last: number; readonly baseOffset: number };
type Producer = { epoch: number; batches: KeptBatch[] };

export type SequenceVerdict =
  | { readonly verdict: 'new' }
  | { readonly verdict: 'duplicate'; readonly baseOffset: number }
  | { readonly verdict: 'refused'; readonly errorCode: ErrorCode };

export type ProducerSnapshot = readonly (readonly [
  producerId: number,
  epoch: number,
  batches: readonly (readonly [first: number, last: number, baseOffset: number])[],
])[];

const NEW: SequenceVerdict = { verdict: 'new' };
const refused = (errorCode: ErrorCode): SequenceVerdict => ({ verdict: 'refused', errorCode });
const lastSequenceOf = ({ baseSequence, count }: Sequence): number => (baseSequence + count - 1) % SEQUENCES;

/**
 * What the idempotent producers of one partition wrote last. A batch sent again is answered with its first offset; a hole in
 * the numbers is refused. A producer never heard of may begin at any number, since its state may have been dropped.
 */
export class ProducerStates {
  private readonly producers = new Map<number, Producer>();

  judge(sequence: Sequence): SequenceVerdict {
    if (sequence.producerId < 0) return NEW;
    const producer = this.producers.get(sequence.producerId);
    if (producer === undefined) return NEW;
    if (sequence.producerEpoch < producer.epoch) return refused(ErrorCode.invalidProducerEpoch);
    if (sequence.producerEpoch > producer.epoch) {
      return sequence.baseSequence === 0 ? NEW : refused(ErrorCode.outOfOrderSequenceNumber);
    }
    const last = lastSequenceOf(sequence);
    const known = producer.batches.find((batch) => batch.first === sequence.baseSequence && batch.last === last);
    if (known !== undefined) return { verdict: 'duplicate', baseOffset: known.baseOffset };
    const expected = (producer.batches.at(-1)!.last + 1) % SEQUENCES;
    return sequence.baseSequence === expected ? NEW : refused(ErrorCode.outOfOrderSequenceNumber);
  }

  record(sequence: Sequence, baseOffset: number): void {
    if (sequence.producerId < 0) return;
    const { producerId, producerEpoch, baseSequence } = sequence;
    const known = this.producers.get(producerId);
    const producer = known?.epoch === producerEpoch ? known : { epoch: producerEpoch, batches: [] };
    producer.batches.push({ first: baseSequence, last: lastSequenceOf(sequence), baseOffset });
    if (producer.batches.length > BATCHES_KEPT_MAX) producer.batches.shift();
    // Set anew, so that the map's order is by last use and the first key is the one to drop.
    this.producers.delete(producerId);
    this.producers.set(producerId, producer);
    if (this.producers.size > PRODUCERS_MAX) this.producers.delete(this.producers.keys().next().value!);
  }

  clear(): void {
    this.producers.clear();
  }

  snapshot(): ProducerSnapshot {
    return [...this.producers].map(([producerId, { epoch, batches }]) => [
      producerId,
      epoch,
      batches.map(({ first, last, baseOffset }) => [first, last, baseOffset] as const),
    ]);
  }

  restore(snapshot: ProducerSnapshot): void {
    this.producers.clear();
    for (const [producerId, epoch, batches] of snapshot) {
      this.producers.set(producerId, {
        epoch,
        batches: batches.map(([first, last, baseOffset]) => ({ first, last, baseOffset })),
      });
    }
  }
}
