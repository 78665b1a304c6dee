import { CompressionTypes, type IHeaders, Partitioners } from 'kafkajs';
import { eventually } from '@murmuration/testing';
import { createTopic, type Received, type TestCluster, testCluster, uniqueName } from './kafkajs.fixture';

describe('a producer and a consumer', () => {
  let cluster: TestCluster;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await testCluster();
  });

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  afterAll(() => cluster.stop());

  const producer = async () => {
    const created = cluster.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await created.connect();
    closing.push(() => created.disconnect());
    return created;
  };

  const received = async (topic: string, groupId = uniqueName('group'), fromBeginning = true) => {
    const consumer = cluster.kafka.consumer({ groupId, maxWaitTimeInMs: 500 });
    await consumer.connect();
    closing.push(() => consumer.disconnect());
    await consumer.subscribe({ topic, fromBeginning });
    const records: (Received & { headers: IHeaders | undefined })[] = [];
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        records.push({
          partition,
          offset: message.offset,
          key: String(message.key),
          value: String(message.value),
          headers: message.headers,
        });
      },
    });
    return records;
  };

  it('gives back keys, values and headers byte for byte, with consecutive offsets', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const send = await producer();
    const [first] = await send.send({
      topic,
      messages: [
        { key: 'a', value: 'größe', headers: { one: 'eins', bytes: Buffer.from([0, 255]) } },
        { key: 'b', value: '' },
      ],
    });
    expect(first).toMatchObject({ errorCode: 0, baseOffset: '0', partition: 0 });
    const [second] = await send.send({ topic, messages: [{ key: 'c', value: 'x'.repeat(10_000) }] });
    expect(second).toMatchObject({ baseOffset: '2' });

    const records = await received(topic);
    await eventually(() => records.length === 3, { expectation: 'three records' });
    expect(records.map(({ offset, key }) => `${offset}${key}`)).toEqual(['0a', '1b', '2c']);
    expect(records[0]!.value).toBe('größe');
    expect(records[0]!.headers?.['bytes']).toEqual(Buffer.from([0, 255]));
    expect(records[2]!.value).toHaveLength(10_000);
  });

  it('keeps the order of every partition over many sends to several topics and partitions at once', async () => {
    const topics = [await createTopic(cluster.kafka, 3), await createTopic(cluster.kafka, 4)];
    const send = await producer();
    for (let round = 0; round < 20; round++) {
      await send.sendBatch({
        topicMessages: topics.map((topic) => ({
          topic,
          messages: Array.from({ length: 12 }, (_, index) => ({ partition: index % 3, value: `${round}-${index}` })),
        })),
      });
    }
    for (const topic of topics) {
      const records = await received(topic);
      await eventually(() => records.length === 240, { expectation: `all records of ${topic}` });
      for (const partition of [0, 1, 2]) {
        const own = records.filter((record) => record.partition === partition);
        expect(own.map(({ offset }) => offset)).toEqual(Array.from({ length: 80 }, (_, offset) => String(offset)));
        const rounds = own.map(({ value }) => Number(value.split('-')[0]));
        expect(rounds).toEqual([...rounds].sort((left, right) => left - right));
      }
    }
  });

  it('passes packed batches on as they are', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const send = await producer();
    const messages = Array.from({ length: 200 }, (_, index) => ({ value: `packed ${index}` }));
    await send.send({ topic, messages, compression: CompressionTypes.GZIP });
    const records = await received(topic);
    await eventually(() => records.length === 200, { expectation: 'all packed records' });
    expect(records.at(-1)).toMatchObject({ offset: '199', value: 'packed 199' });
  });

  it('serves a fetch that begins inside a batch with the records from there on', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const send = await producer();
    await send.send({ topic, messages: Array.from({ length: 10 }, (_, index) => ({ value: String(index) })) });
    const groupId = uniqueName('group');
    const admin = cluster.kafka.admin();
    await admin.connect();
    closing.push(() => admin.disconnect());
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '7' }] });
    const records = await received(topic, groupId);
    await eventually(() => records.length === 3, { expectation: 'the last three records' });
    expect(records.map(({ value }) => value)).toEqual(['7', '8', '9']);
  });

  it('lets a consumer that starts at the end hear only what comes', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const send = await producer();
    await send.send({ topic, messages: [{ value: 'before' }] });
    const records = await received(topic, uniqueName('group'), false);
    await eventually(
      async () => {
        await send.send({ topic, messages: [{ value: 'after' }] });
        return records.length > 0;
      },
      { expectation: 'a record produced after the start', intervalMs: 100 },
    );
    expect(records.every(({ value }) => value === 'after')).toBe(true);
  });

  it('creates a topic that a producer sends to', async () => {
    const topic = uniqueName('auto');
    const send = await producer();
    await send.send({ topic, messages: [{ value: 'first' }] });
    const records = await received(topic);
    await eventually(() => records.length === 1, { expectation: 'the record of the new topic' });
  });

  it('refuses a topic with an impossible name', async () => {
    const send = await producer();
    await expect(send.send({ topic: 'no such/topic', messages: [{ value: 'x' }] })).rejects.toThrow(/invalid topic/i);
  });
});
