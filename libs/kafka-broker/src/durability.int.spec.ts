import { eventually, seededChance } from '@murmuration/testing';
import { type BrokerProcesses, brokerProcesses } from './broker-process.fixture';
import { kafkaFor } from './kafkajs.fixture';
import { nextOffsetOf } from './log/record-batch';
import { batchOf, fetchOf, produceOf, WireClient } from './wire.fixture';

const TOPIC = 'kept';
const PARTITIONS = 3;

const createTopic = async (client: WireClient) => {
  await client.ask('createTopics', 4, {
    topics: [{ name: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 5000,
  });
};

/** Every value of a partition by its offset, read in whole batches of one record each. */
const readAll = async (client: WireClient, partition: number): Promise<ReadonlyMap<number, string>> => {
  const values = new Map<number, string>();
  for (let offset = 0; ;) {
    const { topics } = await client.ask('fetch', 11, fetchOf(TOPIC, offset, { partition }));
    const { records, errorCode } = topics[0]!.partitions[0]!;
    expect(errorCode).toBe(0);
    if (records === null || records.length === 0) return values;
    for (let at = 0; at < records.length;) {
      const end = at + 12 + records.readInt32BE(at + 8);
      const text = records.toString('latin1', at, end);
      values.set(nextOffsetOf(records, at) - 1, text.slice(text.lastIndexOf('<') + 1, text.lastIndexOf('>')));
      offset = nextOffsetOf(records, at);
      at = end;
    }
  }
};

describe('a broker that is killed', () => {
  let processes: BrokerProcesses;

  beforeEach(async () => {
    processes = await brokerProcesses();
  });
  afterEach(() => processes.remove());

  it.each(['none', 'group'] as const)(
    'has every acknowledged record at its offset after each of three kills under load, with fsync %s',
    async (fsync) => {
      const chance = seededChance(fsync === 'none' ? 7 : 8);
      const acknowledged = Array.from({ length: PARTITIONS }, () => new Map<number, string>());
      let committed = -1;

      const load = async (address: string, round: number, partition: number) => {
        const client = await WireClient.to(address);
        for (let index = 0; ; index++) {
          const value = `${round}-${partition}-${index}-${'x'.repeat(chance.integer(0, 3000))}`;
          const { topics } = await client.ask(
            'produce',
            7,
            produceOf(TOPIC, batchOf({ values: [`<${value}>`] }), partition),
          );
          const { errorCode, baseOffset } = topics[0]!.partitions[0]!;
          expect(errorCode).toBe(0);
          expect(acknowledged[partition]!.has(baseOffset)).toBe(false);
          acknowledged[partition]!.set(baseOffset, value);
        }
      };
      const commit = async (address: string) => {
        const client = await WireClient.to(address);
        for (;;) {
          const next = committed + 1;
          await client.ask('offsetCommit', 5, {
            groupId: 'group',
            topics: [{ name: TOPIC, partitions: [{ index: 0, committedOffset: next }] }],
          });
          committed = next;
        }
      };

      for (let round = 0; round < 3; round++) {
        const broker = await processes.start({ fsync });
        const client = await WireClient.to(broker.address);
        if (round === 0) await createTopic(client);
        const before = acknowledged.reduce((sum, { size }) => sum + size, 0);
        const loads = [commit(broker.address), ...[0, 1, 2].map((partition) => load(broker.address, round, partition))];
        await eventually(() => acknowledged.reduce((sum, { size }) => sum + size, 0) > before + 300, {
          expectation: 'some hundred acknowledged records',
        });
        await broker.kill();
        const ended = await Promise.allSettled(loads);
        expect(ended.map(({ status }) => status)).toEqual(loads.map(() => 'rejected'));
      }

      const broker = await processes.start({ fsync });
      const client = await WireClient.to(broker.address);
      for (const [partition, expected] of acknowledged.entries()) {
        const found = await readAll(client, partition);
        expect([...found.keys()]).toEqual(Array.from({ length: found.size }, (_, offset) => offset));
        for (const [offset, value] of expected) expect(found.get(offset)).toBe(value);
      }
      const { topics } = await client.ask('offsetFetch', 4, {
        groupId: 'group',
        topics: [{ name: TOPIC, partitionIndexes: [0] }],
      });
      expect(topics[0]!.partitions[0]!.committedOffset).toBeGreaterThanOrEqual(committed);
      client.close();
    },
  );

  it('still knows what its idempotent producers sent last', async () => {
    const first = await processes.start();
    let client = await WireClient.to(first.address);
    await createTopic(client);
    const { producerId, producerEpoch } = await client.ask('initProducerId', 1, { transactionTimeoutMs: 1000 });
    const produce = async (baseSequence: number) => {
      const batch = batchOf({ values: ['<a>', '<b>'], producerId, producerEpoch, baseSequence });
      const { topics } = await client.ask('produce', 7, produceOf(TOPIC, batch));
      return topics[0]!.partitions[0]!;
    };
    for (const sequence of [0, 2, 4]) await produce(sequence);
    await first.kill();

    const second = await processes.start();
    client = await WireClient.to(second.address);
    expect(await produce(4)).toMatchObject({ errorCode: 0, baseOffset: 4 });
    expect(await produce(8)).toMatchObject({ errorCode: 45 });
    expect(await produce(6)).toMatchObject({ errorCode: 0, baseOffset: 6 });
    const other = await client.ask('initProducerId', 1, { transactionTimeoutMs: 1000 });
    expect(other.producerId).not.toBe(producerId);
    client.close();
  });

  it('serves kafkajs clients again after its restart on the same port, each record once and in order', async () => {
    let broker = await processes.start();
    const { port } = broker;
    const kafka = kafkaFor([broker.address]);
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 30, maxRetryTime: 500 },
    });
    await producer.connect();
    const sent = 60;
    const sending = (async () => {
      for (let index = 0; index < sent; index++)
        await producer.send({ topic: TOPIC, messages: [{ value: String(index) }] });
    })();
    const heard: string[] = [];
    const consumer = kafka.consumer({
      groupId: 'steady',
      maxWaitTimeInMs: 100,
      retry: { retries: 30, maxRetryTime: 500 },
    });
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        heard.push(String(message.value));
      },
    });
    await eventually(() => heard.length > 10, { expectation: 'the first records' });
    await broker.kill();
    broker = await processes.start({ port });
    await sending;
    await eventually(() => new Set(heard).size === sent, { expectation: 'all records', timeoutMs: 20_000 });
    await Promise.all([producer.disconnect(), consumer.disconnect()]);

    const { topics } = await (
      await WireClient.to(broker.address)
    ).ask('listOffsets', 1, { topics: [{ name: TOPIC, partitions: [{ index: 0, timestamp: -1 }] }] });
    expect(topics[0]!.partitions[0]!.offset).toBe(sent);
    expect([...new Set(heard)]).toEqual(Array.from({ length: sent }, (_, index) => String(index)));
  }, 60_000);

  it('ends on SIGTERM with what it needs for a quick start, and starts with all of it', async () => {
    const first = await processes.start();
    const client = await WireClient.to(first.address);
    await createTopic(client);
    await client.ask('produce', 7, produceOf(TOPIC, batchOf({ values: ['<a>'] })));
    await first.terminate();
    await client.closed;
    const second = await processes.start();
    const again = await WireClient.to(second.address);
    expect([...(await readAll(again, 0)).values()]).toEqual(['a']);
    again.close();
  });
});
