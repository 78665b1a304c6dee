import { assert } from '@murmuration/kernel';
import { EventStoreError } from '../event-store-error';

export type BatcherOptions<Item, Result> = {
  /** Batches in flight at once. */
  readonly batchesAtOnce: number;
  /** Items of one batch. */
  readonly itemsMax: number;
  /** Weight of one batch; an item heavier than this travels alone. */
  readonly weightMax: number;
  /** Items that may wait; more are rejected as `overloaded`. */
  readonly waitingMax: number;
  readonly weightOf: (item: Item) => number;
  /** Answers for each item, in order. */
  readonly flush: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/** Carries items together: while a batch is in flight the next ones gather, so batches grow with the load by themselves. */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private inFlight = 0;
  private wake: (() => void) | undefined;
  private isClosed = false;
  private isScheduled = false;

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  submit(item: Item): Promise<Result> {
    if (this.isClosed) return Promise.reject(new EventStoreError('closed', 'nothing is accepted any more'));
    if (this.waiting.length >= this.options.waitingMax) {
      return Promise.reject(new EventStoreError('overloaded', `${this.options.waitingMax} wait already`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** Accepts nothing more and waits until everything accepted was answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    while (this.waiting.length > 0 || this.inFlight > 0) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** After the code that runs now, so that what it submits at once travels together. */
  private schedule(): void {
    if (this.isScheduled || this.inFlight >= this.options.batchesAtOnce) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      if (this.waiting.length === 0 || this.inFlight >= this.options.batchesAtOnce) return;
      void this.carry(this.takeBatch());
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private async carry(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.inFlight++;
    try {
      const results = await this.options.flush(batch.map(({ item }) => item));
      batch.forEach((waiting, index) => {
        const result = results[index];
        assert(result, 'an answer for each item');
        if (result.status === 'fulfilled') waiting.resolve(result.value);
        else waiting.reject(result.reason);
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
    this.inFlight--;
    if (this.waiting.length > 0) this.schedule();
    this.wake?.();
  }

  private takeBatch(): readonly Waiting<Item, Result>[] {
    const { itemsMax, weightMax, weightOf } = this.options;
    let count = 0;
    let weight = 0;
    for (const { item } of this.waiting) {
      weight += weightOf(item);
      if (count > 0 && (count >= itemsMax || weight > weightMax)) break;
      count++;
    }
    const batch = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    return batch;
  }
}
