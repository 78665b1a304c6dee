import { memoryCoordination, type EventStore } from '@murmuration/event-store';
import { eventually, seededChance } from '@murmuration/testing';
import { startRelay } from '../core/relay';
import { lane } from '../core/lane';
import {
  announceSighting,
  countsOf,
  countingService,
  decodeSighting,
  hastyClock,
  hearsay,
  newStore,
  see,
  SIGHTINGS,
  START,
} from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import type { Publisher } from '../publisher.port';
import { memoryBroker, memoryPublisher } from './memory-broker';
import { startMemoryConsumer, type MemoryConsumer } from './memory-consumer';
import { memoryInbox } from './memory-inbox';
import { memoryOutbox } from './memory-outbox';

const PARTITIONS = 4;
const PLACES = ['lake', 'wood', 'hill', 'shore', 'moor', 'field', 'marsh'];

/** A whole flock in one process: a source with its relay, and a group of consumers on one store. */
const flock = () => {
  const clock = hastyClock();
  const broker = memoryBroker(clock);
  broker.createTopic(SIGHTINGS, PARTITIONS);
  const source = newStore();
  const service = countingService();
  const inbox: Inbox = memoryInbox(service.store, { now: () => START });
  const { listener, ...heard } = hearsay();
  const stops: (() => Promise<void>)[] = [];
  const relay = (publisher: Publisher = memoryPublisher(broker), store: EventStore = source, name = 'sightings') => {
    const started = startRelay({
      ...{ store, logPartition: 0, outbox: memoryOutbox(), coordination: memoryCoordination(clock), publisher },
      ...{ holder: 'relay', clock, chance: () => 0.5, source: name, announce: announceSighting },
      partitionsOf: () => PARTITIONS,
    });
    stops.push(() => started.stop());
    return started;
  };
  const consumer = (holder: string): MemoryConsumer => {
    const started = startMemoryConsumer({
      ...{ broker, topics: [SIGHTINGS], groupId: 'tally', holder, inbox, reader: service.store },
      ...{ decisions: service.decisions, decode: decodeSighting, clock, chance: () => 0.5, lane: lane(), listener },
      recordsPerFetchMax: 7,
    });
    stops.push(() => started.stop());
    return started;
  };
  const stop = async (): Promise<void> => {
    for (const end of stops.reverse()) await end();
  };
  return { clock, broker, source, service, inbox, relay, consumer, stop, ...heard };
};

const expected = (count: number, place: string): readonly number[] =>
  Array.from({ length: count }, (_, birds) => birds).filter((birds) => PLACES[birds % PLACES.length] === place);

const seeAll = async (source: EventStore, count: number): Promise<void> => {
  for (let birds = 0; birds < count; birds++) await see(source, { place: PLACES[birds % PLACES.length]!, birds });
};

describe('a flock in one process', () => {
  it('brings every event from one service to the other exactly once and in order per key', async () => {
    const { source, service, relay, consumer, stop } = flock();
    relay();
    consumer('one');
    await seeAll(source, 200);
    await eventually(async () => (await service.store.lastPosition(0)) === 200);
    for (const place of PLACES) expect(await countsOf(service.store, place)).toEqual(expected(200, place));
    await stop();
  });

  it('36: consumers that come and go under load neither lose nor repeat nor reorder', async () => {
    const { source, service, relay, consumer, stop } = flock();
    relay();
    const members = [consumer('one')];
    for (let round = 0; round < 6; round++) {
      await seeAll(source, 70);
      if (round % 2 === 0) members.push(consumer(`replica-${round}`));
      else await members.shift()?.stop();
    }
    await eventually(async () => (await service.store.lastPosition(0)) === 420);
    for (const place of PLACES)
      expect(await countsOf(service.store, place)).toEqual(Array.from({ length: 6 }, () => expected(70, place)).flat());
    await stop();
  });

  it.each([1, 2, 3, 4, 5])(
    'survives a publisher that fails halfway, repeats and lets go of its answers (seed %d)',
    async (seed) => {
      const chance = seededChance(seed);
      const { broker, source, service, relay, consumer, stop, all } = flock();
      const reliable = memoryPublisher(broker);
      relay({
        ...reliable,
        publish: async (records) => {
          const arrived = chance.happens(0.5) ? records.length : chance.integer(0, records.length);
          await reliable.publish(records.slice(0, arrived));
          if (arrived < records.length || chance.happens(0.3)) throw new Error('connection closed');
        },
      });
      consumer('one');
      consumer('two');
      await seeAll(source, 120);
      await eventually(async () => (await service.store.lastPosition(0)) === 120);
      for (const place of PLACES) expect(await countsOf(service.store, place)).toEqual(expected(120, place));
      expect(all('parked')).toEqual([]);
      await stop();
    },
  );

  it('4: events of two sources arrive in any order and both are applied', async () => {
    const { source, service, relay, consumer, stop } = flock();
    const other = newStore();
    consumer('one');
    relay(undefined, other, 'ships');
    await see(other, { place: 'lake', birds: 2 });
    await eventually(async () => (await countsOf(service.store, 'lake')).length === 1);
    relay();
    await see(source, { place: 'lake', birds: 1 });
    await eventually(async () => (await countsOf(service.store, 'lake')).length === 2);
    expect(await countsOf(service.store, 'lake')).toEqual([2, 1]);
    await stop();
  });

  it('38: two relays that both send at worst repeat: nothing is applied twice or out of order', async () => {
    const { source, service, relay, consumer, stop, sum } = flock();
    relay();
    relay();
    consumer('one');
    await seeAll(source, 100);
    await eventually(async () => (await service.store.lastPosition(0)) === 100 && sum('duplicates') > 0);
    for (const place of PLACES) expect(await countsOf(service.store, place)).toEqual(expected(100, place));
    await stop();
  });

  it('41, 42: parks what fails, keeps the rest flowing, and redrives it on a wish', async () => {
    const { source, service, relay, consumer, inbox, stop } = flock();
    relay();
    consumer('one');
    await see(source, { place: 'lake', birds: 1, command: 'Explode' }, { place: 'lake', birds: 2 });
    await see(source, { place: 'wood', birds: 3 });
    await eventually(async () => (await countsOf(service.store, 'wood')).length === 1);
    await eventually(async () => (await inbox.countParked()) === 2);
    const [failed] = await inbox.listParked({ limit: 1 });
    await inbox.wish(failed!.id, 'discard', 'operator');
    await eventually(async () => (await inbox.countParked()) === 0);
    expect(await countsOf(service.store, 'lake')).toEqual([2]);
    await stop();
  });

  it('goes on settling what is parked where nothing else is heard, though a claim ended with a question in doubt', async () => {
    const { source, service, relay, consumer, inbox, stop, all } = flock();
    const { commit } = inbox;
    let lost = 0;
    inbox.commit = async (batch) => {
      const verdict = await commit(batch);
      if (lost === 0 && batch.settled.length === 0) return verdict;
      if (lost++ < 4) throw new Error('connection closed');
      return verdict;
    };
    relay();
    consumer('one');
    await see(source, { place: 'lake', birds: 1, command: 'Explode' }, { place: 'lake', birds: 2 });
    await eventually(async () => (await inbox.countParked()) === 2);
    const [failed] = await inbox.listParked({ limit: 1 });
    await inbox.wish(failed!.id, 'discard', 'operator');
    await eventually(async () => (await inbox.countParked()) === 0);
    expect(all('fenced')).toHaveLength(1);
    expect(await countsOf(service.store, 'lake')).toEqual([2]);
    await stop();
  });

  it('stops cleanly, with everything that was handled stored', async () => {
    const { source, service, relay, consumer, inbox, stop, broker } = flock();
    relay();
    const member = consumer('one');
    await seeAll(source, 50);
    await eventually(async () => (await service.store.lastPosition(0)) > 10);
    await member.stop();
    const position = await service.store.lastPosition(0);
    let handled = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { nextOffset } = await inbox.claim('tally', SIGHTINGS, partition, 'next');
      expect(Number(nextOffset)).toBeLessThanOrEqual(broker.endOffset(SIGHTINGS, partition));
      handled += Number(nextOffset);
    }
    expect(handled).toBe(position);
    await stop();
  });
});
