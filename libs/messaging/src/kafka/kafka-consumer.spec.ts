import { eventually } from '@murmuration/testing';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { spoken } from '../core/consumer.fixture';
import { lane } from '../core/lane';
import { countsOf, countingService, decodeSighting, hastyClock, SIGHTINGS, START } from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import type { Inbound } from '../link';
import { memoryInbox } from '../memory/memory-inbox';
import { startKafkaConsumer } from './kafka-consumer';

const EVENTS = {
  GROUP_JOIN: 'join',
  CRASH: 'crash',
  REBALANCING: 'rebalancing',
  FETCH: 'fetch',
  HEARTBEAT: 'heartbeat',
};
type Told = (event: { readonly payload: unknown }) => void;

/** As much of kafkajs as a consumer drives, which does nothing by itself. */
const toldKafka = () => {
  const listeners = new Map<string, Told>();
  let eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  const nothing = () => Promise.resolve();
  const consumer = {
    ...{ events: EVENTS, connect: nothing, subscribe: nothing, disconnect: nothing, commitOffsets: nothing },
    ...{ pause: () => undefined, resume: () => undefined, seek: () => undefined },
    on: (event: string, listener: Told) => void listeners.set(event, listener),
    run: async (config: { readonly eachBatch: typeof eachBatch }) => {
      eachBatch = config.eachBatch;
    },
  };
  return {
    kafka: { consumer: () => consumer as unknown as Consumer } as unknown as Kafka, // because no more of it is used
    isRunning: () => eachBatch !== undefined,
    assign: () => listeners.get(EVENTS.GROUP_JOIN)?.({ payload: { memberAssignment: { [SIGHTINGS]: [0] } } }),
    hand: async (records: readonly Inbound[], heartbeat: () => Promise<void> = nothing) => {
      const resolved: string[] = [];
      const messages = records.map((record) => ({ ...record, timestamp: '0' }) as unknown as KafkaMessage); // because it has what is read of one
      const payload = { batch: { topic: SIGHTINGS, partition: 0, messages }, heartbeat };
      const isCurrent = { isRunning: () => true, isStale: () => false };
      const resolveOffset = (offset: string) => resolved.push(offset);
      await eachBatch?.({ ...payload, ...isCurrent, resolveOffset } as unknown as EachBatchPayload); // because no more of it is used
      return resolved;
    },
  };
};

describe('a consumer of Kafka', () => {
  const started = async () => {
    const service = countingService();
    const memory = memoryInbox(service.store, { now: () => START });
    const told = toldKafka();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const inbox: Inbox = {
      ...memory,
      commit: async (batch) => {
        await held;
        return memory.commit(batch);
      },
    };
    const consumer = startKafkaConsumer({
      ...{ kafka: told.kafka, topics: [SIGHTINGS], groupId: 'tally', holder: 'me', inbox, reader: service.store },
      ...{ decisions: service.decisions, decode: decodeSighting, lane: lane(), clock: hastyClock(), chance: () => 0.5 },
    });
    await eventually(async () => told.isRunning());
    told.assign();
    await eventually(async () => consumer.group.nextOffsets().length === 1);
    const records = await spoken({ place: 'lake', birds: 1 }, { place: 'lake', birds: 2 });
    return { ...told, consumer, records, store: service.store, release };
  };

  it('joins its group anew when a heartbeat fails while a batch is in hand, with whatever it fails', async () => {
    const { consumer, hand, records, release } = await started();
    const handing = hand(records, () => Promise.reject(new Error('connection closed')));
    const rejected = expect(handing).rejects.toMatchObject({ type: 'REBALANCE_IN_PROGRESS', retriable: true });
    await eventually(async () => consumer.group.nextOffsets().length === 0);
    release();
    await rejected;
    await consumer.stop();
  });

  it('keeps its topic-partition when a heartbeat fails only after the batch that it was for', async () => {
    const { consumer, hand, records, release, store } = await started();
    let fail = (_error: Error): void => undefined;
    const first = hand(records.slice(0, 1), () => {
      release();
      return new Promise<void>((_, reject) => (fail = reject));
    });
    await expect(first).resolves.toEqual(['0']);
    fail(new Error('connection closed'));
    await expect(hand(records.slice(1))).resolves.toEqual(['1']);
    expect(await countsOf(store, 'lake')).toEqual([1, 2]);
    await consumer.stop();
  });
});
