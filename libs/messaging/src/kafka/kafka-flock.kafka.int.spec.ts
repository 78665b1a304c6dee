import { randomBytes, randomUUID } from 'node:crypto';
import type { EventStore } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import { countsOf, see } from '../flock.fixture';
import { ensureTopics } from './ensure-topics';
import { kafkaClient } from './kafka-client';
import { FrozenNetwork, KafkaFlock, PARTITIONS } from './kafka-flock.fixture';

const PLACES = ['lake', 'wood', 'hill', 'shore', 'moor', 'field', 'marsh'];
const PATIENCE = { timeoutMs: 25_000 };

let flock: KafkaFlock;
beforeAll(async () => {
  flock = await KafkaFlock.start();
}, 60_000);
afterAll(async () => {
  await flock.end();
}, 60_000);

const group = (): string => `tally-${randomUUID().slice(0, 8)}`;
const placeOf = (birds: number): string => PLACES[birds % PLACES.length] ?? '';
const seeRange = async (store: EventStore, from: number, to: number): Promise<void> => {
  const sightings = Array.from({ length: to - from }, (_, index) => ({
    place: placeOf(from + index),
    birds: from + index,
  }));
  for (let start = 0; start < sightings.length; start += 10) await see(store, ...sightings.slice(start, start + 10));
};
const expectCounts = async (store: EventStore, count: number): Promise<void> => {
  for (const place of PLACES) {
    const expected = Array.from({ length: count }, (_, birds) => birds).filter((birds) => placeOf(birds) === place);
    expect(await countsOf(store, place)).toEqual(expected);
  }
};
const counted = (store: EventStore, count: number): Promise<unknown> =>
  eventually(async () => (await store.lastPosition(0)) >= count, { ...PATIENCE, expectation: `${count} counts` });

describe('services over Kafka', () => {
  it('bring every event from one to the other exactly once and in order per key', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    flock.relay(source, topic);
    const { all } = flock.consumer(target, topic, { groupId: group() });
    await seeRange(source.store, 0, 600);
    await counted(target.store, 600);
    await expectCounts(target.store, 600);
    expect(all('parked')).toEqual([]);
  });

  it('36: lose and repeat nothing while consumers of a group come and go', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    const groupId = group();
    flock.relay(source, topic);
    const first = flock.consumer(target, topic, { groupId, sessionTimeoutMs: 6_000 });
    await seeRange(source.store, 0, 150);
    await eventually(async () => (await target.store.lastPosition(0)) > 20, PATIENCE);
    flock.consumer(target, topic, { groupId });
    await seeRange(source.store, 150, 300);
    await first.consumer.stop();
    const third = flock.consumer(target, topic, { groupId });
    await seeRange(source.store, 300, 450);
    await counted(target.store, 450);
    await expectCounts(target.store, 450);
    expect(third.all('rewound')).toEqual([]);
  });

  it('35: lose and repeat nothing when a consumer is cut off without a word and comes back as a zombie', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    const groupId = group();
    const network = new FrozenNetwork();
    const kafka = kafkaClient({ brokers: flock.broker.brokers, socketFactory: network.socketFactory });
    flock.relay(source, topic);
    const zombie = flock.consumer(target, topic, { groupId, kafka, sessionTimeoutMs: 6_000 });
    await seeRange(source.store, 0, 40);
    await counted(target.store, 40);
    network.freeze();
    flock.consumer(target, topic, { groupId, sessionTimeoutMs: 6_000 });
    await seeRange(source.store, 40, 100);
    await counted(target.store, 100);
    const claimsBefore = zombie.all('claimed').length;
    network.thaw();
    await eventually(() => zombie.all('claimed').length > claimsBefore, PATIENCE);
    await seeRange(source.store, 100, 140);
    await counted(target.store, 140);
    await expectCounts(target.store, 140);
  }, 60_000);

  it('35: fence a consumer that another has taken the place of, which then joins anew', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    const groupId = group();
    flock.relay(source, topic);
    const { all } = flock.consumer(target, topic, { groupId });
    await seeRange(source.store, 0, 20);
    await counted(target.store, 20);
    for (let partition = 0; partition < PARTITIONS; partition++)
      await target.inbox.claim(groupId, topic, partition, 'a usurper');
    await seeRange(source.store, 20, 60);
    await counted(target.store, 60);
    await expectCounts(target.store, 60);
    expect(all('fenced').length).toBeGreaterThan(0);
  });

  it('8: begin where the database says, also when Kafka has no offsets of the group', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    const groupId = group();
    flock.relay(source, topic);
    const first = flock.consumer(target, topic, { groupId });
    await seeRange(source.store, 0, 50);
    await counted(target.store, 50);
    await first.consumer.stop();
    const admin = flock.kafka().admin();
    await admin.connect();
    await eventually(async () => {
      await admin.deleteGroups([groupId]);
      return true;
    });
    await admin.disconnect();
    const second = flock.consumer(target, topic, { groupId });
    await seeRange(source.store, 50, 80);
    await counted(target.store, 80);
    await expectCounts(target.store, 80);
    expect(second.sum('records')).toBe(30);
  });

  it('41: park random bytes and go on', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    flock.relay(source, topic);
    flock.consumer(target, topic, { groupId: group() });
    const producer = flock.kafka().producer();
    await producer.connect();
    await seeRange(source.store, 0, 20);
    const messages = Array.from({ length: 12 }, (_, index) => ({
      ...{
        key: index % 3 ? randomBytes(9) : null,
        value: index % 4 ? randomBytes(200) : null,
        partition: index % PARTITIONS,
      },
      headers: { ce_id: randomBytes(12), mm_source: '\u0000', noise: [randomBytes(5), randomBytes(3)] },
    }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    await seeRange(source.store, 20, 40);
    await counted(target.store, 40);
    await expectCounts(target.store, 40);
    await eventually(async () => (await target.inbox.countParked()) === 12, PATIENCE);
    const parked = await target.inbox.listParked({ limit: 20 });
    expect(parked.every(({ kind, holdsKey }) => kind === 'undecodable' && !holdsKey)).toBe(true);
    for (const { partition, offset, value } of parked) {
      const sent = messages.filter((message) => message.partition === partition).map((message) => message.value);
      expect([offset, sent.some((bytes) => bytes === value || (value !== null && bytes?.equals(value)))]).toEqual([
        offset,
        true,
      ]);
    }
  });

  it('42, 41: park what fails, and redrive it on a wish while the rest flows', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    flock.relay(source, topic);
    flock.consumer(target, topic, { groupId: group() });
    await see(source.store, { place: 'lake', birds: 1, command: 'Explode' }, { place: 'lake', birds: 2 });
    await see(source.store, { place: 'wood', birds: 3 });
    await eventually(async () => (await target.inbox.countParked()) === 2, PATIENCE);
    await counted(target.store, 1);
    const [failed] = await target.inbox.listParked({ limit: 1 });
    await target.inbox.wish(failed!.id, 'discard', 'operator');
    await eventually(async () => (await target.inbox.countParked()) === 0, PATIENCE);
    expect(await countsOf(target.store, 'lake')).toEqual([2]);
    expect(await countsOf(target.store, 'wood')).toEqual([3]);
  });

  it('37: stop at once with everything handled stored, and leave the group', async () => {
    const [source, target, topic] = await Promise.all([flock.database(), flock.database(), flock.topic()]);
    const groupId = group();
    flock.relay(source, topic);
    const { consumer } = flock.consumer(target, topic, { groupId });
    await seeRange(source.store, 0, 200);
    await eventually(async () => (await target.store.lastPosition(0)) > 0, PATIENCE);
    await consumer.stop();
    const admin = flock.kafka().admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([groupId]);
    await admin.disconnect();
    expect(groups[0]?.members ?? []).toEqual([]);
    expect(consumer.joined()).toBe(false);
  });
});

describe('topics', () => {
  it('are created once, however many processes ask for them at the same time', async () => {
    const wanted = [{ topic: `made-${randomUUID()}`, partitions: 3 }];
    await Promise.all([1, 2, 3].map(() => ensureTopics(flock.kafka(), wanted, { replicationFactor: 1 })));
    await ensureTopics(flock.kafka(), wanted);
  });

  it('of another partition count stop the start with one clear line', async () => {
    const topic = await flock.topic(2);
    await expect(ensureTopics(flock.kafka(), [{ topic, partitions: 6 }])).rejects.toMatchObject({
      code: 'partitions-differ',
      retryable: false,
      message: expect.stringContaining(`${topic} has 2 partitions, its contract says 6`) as string,
    });
  });
});
