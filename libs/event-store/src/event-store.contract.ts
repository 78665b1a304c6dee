import { appendContract } from './contract/append.contract';
import { type MakeStore, type StoreUnderTest, event, freshStream, to } from './contract/event-store.fixture';
import { idempotencyContract } from './contract/idempotency.contract';
import { multiStreamContract } from './contract/multi-stream.contract';
import { orderContract } from './contract/order.contract';

/** Every promise of the `EventStore` port, run on one and on four log partitions. */
export const eventStoreContract = (name: string, makeStore: MakeStore): void => {
  describe.each([1, 4])(`${name} with %i log partitions`, (logPartitions) => {
    let made: StoreUnderTest;
    const subject = (): StoreUnderTest => made;

    beforeAll(async () => {
      made = await makeStore(logPartitions);
    });

    afterAll(async () => {
      await made.store.close();
      await made.other.close();
    });

    appendContract(subject);
    idempotencyContract(subject);
    multiStreamContract(subject);
    orderContract(subject);

    it('answers nothing once it is closed', async () => {
      const { store } = await makeStore(logPartitions);
      await store.close();
      const stream = freshStream();
      await expect(store.append(to(stream, 'none', event(stream)))).rejects.toMatchObject({
        code: 'closed',
        retryable: false,
      });
      await expect(store.readStreams([{ streamId: stream }])).rejects.toMatchObject({ code: 'closed' });
      await store.close();
    });
  });
};
