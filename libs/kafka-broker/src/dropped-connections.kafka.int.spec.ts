import { connect, type Socket } from 'node:net';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { eventually, seededChance } from '@murmuration/testing';
import { createTopic, type TestCluster, testCluster, uniqueName } from './kafkajs.fixture';

const PRODUCE = 0;
const SENDS = 80;

/** Sockets that are cut now and then just after a produce request has left, so that its answer is lost. */
const droppingSockets = (seed: number) => {
  const chance = seededChance(seed);
  let drops = 0;
  const factory = ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Socket => {
    const socket = connect({ host, port }, onConnect);
    const write = socket.write.bind(socket) as (bytes: Buffer, sent?: () => void) => boolean;
    socket.write = (bytes: Buffer | string | Uint8Array) => {
      const frame = Buffer.from(bytes as Buffer);
      if (frame.readInt16BE(4) !== PRODUCE || !chance.happens(0.25)) return write(frame);
      drops += 1;
      return write(frame, () => socket.destroy(new Error('cut')));
    };
    return socket;
  };
  return { factory, drops: () => drops };
};

describe('an idempotent producer whose connections are cut', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await testCluster();
  });
  afterAll(() => cluster.stop());

  it('has each of its records in the log once, in the order sent', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const sockets = droppingSockets(11);
    const kafka = new Kafka({
      clientId: 'dropping',
      brokers: cluster.brokers,
      logLevel: logLevel.NOTHING,
      socketFactory: sockets.factory,
      retry: { initialRetryTime: 20, maxRetryTime: 100, retries: 50 },
    });
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    for (let index = 0; index < SENDS; index++) {
      await producer.send({ topic, messages: [{ value: `${index}a` }, { value: `${index}b` }] });
    }
    await producer.disconnect();
    expect(sockets.drops()).toBeGreaterThan(5);

    const consumer = cluster.kafka.consumer({ groupId: uniqueName('group'), maxWaitTimeInMs: 200 });
    const heard: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        heard.push(String(message.value));
      },
    });
    await eventually(() => heard.length >= 2 * SENDS, { expectation: 'all records' });
    await consumer.disconnect();
    expect(heard).toEqual(Array.from({ length: SENDS }, (_, index) => [`${index}a`, `${index}b`]).flat());
  }, 60_000);
});
