import { instantOfEpochMs } from '@murmuration/kernel';
import { event, freshStream, to } from '../contract/event-store.fixture';
import { eventStoreContract } from '../event-store.contract';
import { memoryEventStore } from './memory-event-store';

const now = () => instantOfEpochMs(Date.UTC(2026, 2, 1));

eventStoreContract('memory event store', (logPartitions) => {
  const store = memoryEventStore({ logPartitions, now });
  return Promise.resolve({ store, other: store });
});

describe('memory event store', () => {
  it('has written, and has rung its bell, before append returns', () => {
    const store = memoryEventStore({ now });
    const heard: number[] = [];
    store.onAppended((logPartition) => heard.push(logPartition));
    const stream = freshStream();
    void store.append(to(stream, 'none', event(stream)));
    expect(heard).toEqual([0]);
  });

  it('records events by the clock it was given', async () => {
    const store = memoryEventStore({ now });
    const stream = freshStream();
    await store.append(to(stream, 'none', event(stream)));
    expect(await store.readLog(0, 0, 1)).toMatchObject([{ recordedAt: '2026-03-01T00:00:00.000Z' }]);
  });
});
