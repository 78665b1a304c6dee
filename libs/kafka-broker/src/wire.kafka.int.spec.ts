import { eventually } from '@murmuration/testing';
import { batchBytesOf, baseOffsetOf, nextOffsetOf } from './log/record-batch';
import { createTopic, type TestCluster, testCluster, uniqueName } from './kafkajs.fixture';
import { Reader } from './protocol/reader';
import { Writer } from './protocol/writer';
import { batchOf, encodeRequest, fetchOf, produceOf, WireClient } from './wire.fixture';

const PRODUCE = 7;
const FETCH = 11;

describe('on the wire', () => {
  let cluster: TestCluster;
  let topic: string;
  let client: WireClient;

  beforeAll(async () => {
    cluster = await testCluster();
  });
  afterAll(() => cluster.stop());

  beforeEach(async () => {
    topic = await createTopic(cluster.kafka, 2);
    client = await WireClient.to(cluster.brokers[0]!);
  });
  afterEach(() => client.close());

  const produce = async (batch: Buffer, partition = 0) => {
    const { topics } = await client.ask('produce', PRODUCE, produceOf(topic, batch, partition));
    return topics[0]!.partitions[0]!;
  };
  const fetch = async (offset: number, options: Parameters<typeof fetchOf>[2] = {}, from = client) => {
    const { topics } = await from.ask('fetch', FETCH, fetchOf(topic, offset, options));
    return topics[0]!.partitions[0]!;
  };

  describe('versions', () => {
    it('answers an unknown version of ApiVersions in version 0 with error 35', async () => {
      const answer = client.frame();
      const writer = new Writer();
      for (const write of [() => writer.int32(12), () => writer.int16(18), () => writer.int16(99)]) write();
      writer.int32(77);
      writer.int16(-1);
      writer.int16(0);
      client.socket.write(writer.concat());
      const reader = new Reader(await answer);
      expect(reader.int32()).toBe(77);
      expect(reader.int16()).toBe(35);
    });

    it.each([0, 1, 2, 3, 4])('tells in version %i of ApiVersions what it speaks', async (version) => {
      const { errorCode, apiKeys } = await client.ask('apiVersions', version, {
        clientSoftwareName: 'wire',
        clientSoftwareVersion: '1',
      });
      expect(errorCode).toBe(0);
      const spoken = new Map(apiKeys.map((each) => [each.apiKey, each]));
      for (const key of [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 18, 19, 22]) expect(spoken.has(key)).toBe(true);
      expect(spoken.get(0)!.minVersion).toBe(0);
    });

    it.each([
      ['an API that does not exist', 999, 0],
      ['a version that does not exist', 3, 99],
      ['a version of Produce that is advertised and gone', 0, 1],
    ])('closes the connection on %s', async (_, key, version) => {
      const writer = new Writer();
      writer.int32(10);
      writer.int16(key);
      writer.int16(version);
      writer.int32(1);
      writer.int16(-1);
      client.socket.write(writer.concat());
      await client.closed;
    });

    it.each([4, 5, 7, 9, 10, 11, 12])('describes a topic in version %i of Metadata', async (version) => {
      const described = await client.ask('metadata', version, { topics: [{ name: topic, topicId: EMPTY_ID }] });
      expect(described.brokers.some(({ nodeId }) => nodeId === described.controllerId)).toBe(true);
      expect(described.clusterId).not.toBe('');
      expect(described.topics).toHaveLength(1);
      expect(described.topics[0]).toMatchObject({ errorCode: 0, name: topic, isInternal: false });
      expect(described.topics[0]!.partitions.map(({ index }) => index).sort()).toEqual([0, 1]);
      expect(described.topics[0]!.partitions.every(({ leaderId }) => leaderId === described.brokers[0]!.nodeId)).toBe(
        true,
      );
    });

    it.each([3, 5, 7, 8, 9, 11])('takes a batch in version %i of Produce', async (version) => {
      const { topics } = await client.ask('produce', version, produceOf(topic, batchOf({ values: ['a', 'b'] })));
      expect(topics[0]!.partitions[0]).toMatchObject({ index: 0, errorCode: 0, baseOffset: 0, logAppendTimeMs: -1 });
    });

    it.each([4, 5, 7, 9, 11, 12])('gives records in version %i of Fetch', async (version) => {
      await produce(batchOf({ values: ['a', 'b'] }));
      const { topics } = await client.ask('fetch', version, fetchOf(topic, 0));
      const [partition] = topics[0]!.partitions;
      expect(partition).toMatchObject({
        errorCode: 0,
        highWatermark: 2,
        lastStableOffset: 2,
        preferredReadReplica: -1,
      });
      expect(nextOffsetOf(partition!.records!)).toBe(2);
    });
  });

  describe('a fetch by topic id', () => {
    const fetchById = async (version: number, topicId: string) => {
      const wanted = fetchOf('', 0);
      const topics = wanted.topics.map((each) => ({ ...each, topicId }));
      return (await client.ask('fetch', version, { ...wanted, topics })).topics[0]!;
    };

    it.each([13, 15, 17])('gives records in version %i', async (version) => {
      await produce(batchOf({ values: ['a', 'b'] }));
      const described = await client.ask('metadata', 12, { topics: [{ name: topic, topicId: EMPTY_ID }] });
      const { topicId } = described.topics[0]!;
      expect(topicId).not.toBe(EMPTY_ID);
      const answer = await fetchById(version, topicId);
      expect(answer.topicId).toBe(topicId);
      expect(nextOffsetOf(answer.partitions[0]!.records!)).toBe(2);
    });

    it('says when it does not know the id', async () => {
      const answer = await fetchById(13, '11111111-2222-4333-8444-555555555555');
      expect(answer.partitions[0]).toMatchObject({ errorCode: 100 });
    });
  });

  describe('produce', () => {
    it('numbers records in the order of their acknowledgement', async () => {
      expect(await produce(batchOf({ values: ['a', 'b', 'c'] }))).toMatchObject({ errorCode: 0, baseOffset: 0 });
      expect(await produce(batchOf({ values: ['d'] }))).toMatchObject({ errorCode: 0, baseOffset: 3 });
      expect(await produce(batchOf({ values: ['e'] }), 1)).toMatchObject({ errorCode: 0, baseOffset: 0 });
    });

    it('refuses a batch whose checksum is wrong', async () => {
      const batch = batchOf({ values: ['a'] });
      batch[batch.length - 2]! ^= 1;
      expect(await produce(batch)).toMatchObject({ errorCode: 2 });
      expect(await fetch(0)).toMatchObject({ highWatermark: 0 });
    });

    it('refuses a batch that is too large', async () => {
      expect(await produce(batchOf({ values: ['x'.repeat(1_100_000)] }))).toMatchObject({ errorCode: 10 });
    });

    it('refuses a timestamp more than an hour ahead, and takes any other', async () => {
      const hourMs = 3_600_000;
      const at = (timestamp: number) => produce(batchOf({ values: ['a'], timestamps: [timestamp] }));
      expect(await at(Date.now() + hourMs + 60_000)).toMatchObject({ errorCode: 32 });
      expect(await at(Date.now() + hourMs - 60_000)).toMatchObject({ errorCode: 0 });
      expect(await at(0)).toMatchObject({ errorCode: 0 });
    });

    it('refuses a topic and a partition that do not exist', async () => {
      expect(await produce(batchOf({ values: ['a'] }), 7)).toMatchObject({ errorCode: 3 });
      const { topics } = await client.ask('produce', PRODUCE, produceOf(uniqueName('no'), batchOf({ values: ['a'] })));
      expect(topics[0]!.partitions[0]).toMatchObject({ errorCode: 3 });
    });

    it('refuses a number of acknowledgements that makes no sense', async () => {
      const { topics } = await client.ask('produce', PRODUCE, produceOf(topic, batchOf({ values: ['a'] }), 0, 5));
      expect(topics[0]!.partitions[0]).toMatchObject({ errorCode: 21 });
    });

    it('does not answer a producer that wants no acknowledgement, and takes its records', async () => {
      client.socket.write(encodeRequest('produce', PRODUCE, 1, produceOf(topic, batchOf({ values: ['a'] }), 0, 0)));
      expect(await produce(batchOf({ values: ['b'] }))).toMatchObject({ baseOffset: 1 });
    });

    it('answers requests sent together in their order', async () => {
      const answers = [client.frame(), client.frame(), client.frame()];
      client.socket.write(
        Buffer.concat([
          encodeRequest('produce', PRODUCE, 501, produceOf(topic, batchOf({ values: ['a'] }))),
          encodeRequest('fetch', FETCH, 502, fetchOf(topic, 1, { maxWaitMs: 50 })),
          encodeRequest('metadata', 5, 503, { topics: null }),
        ]),
      );
      const ids = (await Promise.all(answers)).map((frame) => frame.readInt32BE(0));
      expect(ids).toEqual([501, 502, 503]);
    });
  });

  describe('an idempotent producer', () => {
    // A broker that has just begun may ask for patience until it has ids to give.
    const newProducer = () =>
      eventually(async () => {
        const answer = await client.ask('initProducerId', 1, { transactionalId: null, transactionTimeoutMs: 60_000 });
        return answer.errorCode === 0 ? answer : undefined;
      });

    const begin = async () => {
      const { producerId, producerEpoch } = (await newProducer())!;
      return (baseSequence: number, values = ['a', 'b'], epoch = producerEpoch) =>
        batchOf({ values, producerId, producerEpoch: epoch, baseSequence });
    };

    it('has its own id', async () => {
      expect((await newProducer())!.producerId).not.toBe((await newProducer())!.producerId);
    });

    it('gets the first offset again for a batch sent again, which is stored once', async () => {
      const batch = await begin();
      for (const sequence of [0, 2, 4, 6, 8]) await produce(batch(sequence));
      for (const sequence of [0, 4, 8]) {
        expect(await produce(batch(sequence))).toMatchObject({ errorCode: 0, baseOffset: sequence });
      }
      expect(await fetch(0)).toMatchObject({ highWatermark: 10 });
    });

    it('is refused with a number below zero', async () => {
      const batch = await begin();
      expect(await produce(batch(-1, ['a']))).toMatchObject({ errorCode: 87 });
    });

    it('is refused when it leaves out a batch', async () => {
      const batch = await begin();
      await produce(batch(0));
      expect(await produce(batch(4))).toMatchObject({ errorCode: 45 });
      expect(await produce(batch(2))).toMatchObject({ errorCode: 0, baseOffset: 2 });
    });

    it('is refused with an epoch that is over', async () => {
      const batch = await begin();
      await produce(batch(0, ['a'], 1));
      expect(await produce(batch(1, ['b'], 0))).toMatchObject({ errorCode: 47 });
    });

    it('is numbered for each partition by itself', async () => {
      const batch = await begin();
      await produce(batch(0));
      expect(await produce(batch(0), 1)).toMatchObject({ errorCode: 0, baseOffset: 0 });
    });
  });

  describe('fetch', () => {
    it('gives the whole batch that holds the offset', async () => {
      await produce(batchOf({ values: ['a', 'b', 'c'] }));
      await produce(batchOf({ values: ['d', 'e'] }));
      const { records } = await fetch(4);
      expect(baseOffsetOf(records!)).toBe(3);
      expect(batchBytesOf(records!)).toBe(records!.length);
    });

    it('gives the first batch even when it is larger than allowed', async () => {
      const batch = batchOf({ values: ['x'.repeat(5000)] });
      await produce(batch);
      const { records } = await fetch(0, { partitionMaxBytes: 10 });
      expect(records).toHaveLength(batch.length);
    });

    it('says out of range before the beginning and behind the end, at once', async () => {
      await produce(batchOf({ values: ['a'] }));
      const startedMs = performance.now();
      expect(await fetch(2, { maxWaitMs: 5000 })).toMatchObject({ errorCode: 1 });
      expect(await fetch(-5, { maxWaitMs: 5000 })).toMatchObject({ errorCode: 1 });
      expect(performance.now() - startedMs).toBeLessThan(3000);
    });

    it('answers for a topic it does not know', async () => {
      const { topics } = await client.ask('fetch', FETCH, fetchOf(uniqueName('no'), 0, { maxWaitMs: 100 }));
      expect(topics[0]!.partitions[0]).toMatchObject({ errorCode: 3 });
    });

    it('answers at once when it asks for nothing', async () => {
      const startedMs = performance.now();
      const { topics } = await client.ask('fetch', FETCH, {
        ...fetchOf(topic, 0, { maxWaitMs: 10_000 }),
        topics: [],
      });
      expect(topics).toEqual([]);
      expect(performance.now() - startedMs).toBeLessThan(3000);
    });

    it('waits for no more bytes than it takes', async () => {
      const batch = batchOf({ values: ['x'.repeat(1000)] });
      for (let count = 0; count < 3; count++) await produce(batch);
      const startedMs = performance.now();
      const { topics } = await client.ask('fetch', FETCH, {
        ...fetchOf(topic, 0, { maxWaitMs: 10_000, minBytes: 1_000_000 }),
        maxBytes: batch.length * 2,
      });
      expect(topics[0]!.partitions[0]!.records).toHaveLength(batch.length * 2);
      expect(performance.now() - startedMs).toBeLessThan(3000);
    });

    it('does not wait for more of a partition than it takes of it, whole batches or not', async () => {
      const batch = batchOf({ values: ['x'.repeat(1000)] });
      for (let count = 0; count < 3; count++) await produce(batch);
      const startedMs = performance.now();
      const partitionMaxBytes = Math.floor(batch.length * 1.5);
      await fetch(0, { maxWaitMs: 10_000, minBytes: partitionMaxBytes, partitionMaxBytes });
      expect(performance.now() - startedMs).toBeLessThan(3000);
    });

    it('waits at the end until its time is over', async () => {
      const startedMs = performance.now();
      const { errorCode, records } = await fetch(0, { maxWaitMs: 300 });
      const tookMs = performance.now() - startedMs;
      expect(errorCode).toBe(0);
      expect(records?.length ?? 0).toBe(0);
      expect(tookMs).toBeGreaterThan(250);
      expect(tookMs).toBeLessThan(2000);
    });

    it('ends its wait as soon as a record comes', async () => {
      const waiter = await WireClient.to(cluster.brokers[0]!);
      const startedMs = performance.now();
      const waiting = fetch(0, { maxWaitMs: 10_000 }, waiter);
      // A second request on the waiting connection's twin makes sure that the first has been taken.
      await fetch(0, { maxWaitMs: 100 });
      await produce(batchOf({ values: ['a'] }));
      const { records } = await waiting;
      expect(performance.now() - startedMs).toBeLessThan(3000);
      expect(nextOffsetOf(records!)).toBe(1);
      waiter.close();
    });

    it('waits for as many bytes as are wanted', async () => {
      const waiter = await WireClient.to(cluster.brokers[0]!);
      const batch = batchOf({ values: ['x'.repeat(100)] });
      await produce(batch);
      const waiting = fetch(0, { maxWaitMs: 10_000, minBytes: batch.length * 3 }, waiter);
      await produce(batch);
      await fetch(2, { maxWaitMs: 200 });
      await produce(batch);
      expect((await waiting).records).toHaveLength(batch.length * 3);
      waiter.close();
    });
  });

  describe('list offsets', () => {
    const offsetAt = async (timestamp: number, version = 3) => {
      const { topics } = await client.ask('listOffsets', version, {
        topics: [{ name: topic, partitions: [{ index: 0, timestamp }] }],
      });
      return topics[0]!.partitions[0]!;
    };

    beforeEach(async () => {
      await produce(batchOf({ values: ['a', 'b', 'c'], timestamps: [1000, 2000, 3000] }));
      await produce(batchOf({ values: ['d', 'e'], timestamps: [4000, 5000] }));
    });

    it.each([
      [-1, 5],
      [-2, 0],
    ])('answers %i with offset %i', async (timestamp, offset) => {
      expect(await offsetAt(timestamp)).toMatchObject({ errorCode: 0, offset, timestamp: -1 });
    });

    it.each([
      [0, 0, 1000],
      [1500, 1, 2000],
      [3000, 2, 3000],
      [3001, 3, 4000],
      [5000, 4, 5000],
      [5001, -1, -1],
    ])('finds the first record at or after %i: offset %i', async (timestamp, offset, found) => {
      expect(await offsetAt(timestamp)).toMatchObject({ errorCode: 0, offset, timestamp: found });
    });

    it('finds the record with the greatest timestamp', async () => {
      expect(await offsetAt(-3, 7)).toMatchObject({ errorCode: 0, offset: 4, timestamp: 5000 });
    });
  });
});

const EMPTY_ID = '00000000-0000-0000-0000-000000000000';
