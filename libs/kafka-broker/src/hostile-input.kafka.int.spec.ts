import { eventually, seededChance } from '@murmuration/testing';
import { createTopic, type TestCluster, testCluster } from './kafkajs.fixture';
import { batchOf, encodeRequest, fetchOf, produceOf, WireClient } from './wire.fixture';

const framed = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
};

const sized = (size: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(size);
  return bytes;
};

/** A request header without client id, then whatever. */
const request = (key: number, version: number, body: Buffer): Buffer => {
  const header = Buffer.alloc(10);
  header.writeInt16BE(key, 0);
  header.writeInt16BE(version, 2);
  header.writeInt16BE(-1, 8);
  return framed(Buffer.concat([header, body]));
};

describe('clients that make no sense', () => {
  let cluster: TestCluster;
  let topic: string;
  let healthy: WireClient;
  let sent = 0;
  const strangers: WireClient[] = [];
  const chance = seededChance(4);

  beforeAll(async () => {
    cluster = await testCluster();
    topic = await createTopic(cluster.kafka, 1);
    healthy = await WireClient.to(cluster.brokers[0]!);
  });
  afterEach(() => {
    for (const stranger of strangers.splice(0)) stranger.close();
  });
  afterAll(async () => {
    healthy.close();
    await cluster.stop();
  });

  const randomBytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => chance.integer(0, 256)));

  const stranger = async (bytes: Buffer): Promise<WireClient> => {
    const client = await WireClient.to(cluster.brokers[0]!);
    strangers.push(client);
    client.socket.write(bytes);
    return client;
  };

  /** The healthy client, connected all the while, writes and reads as if nothing were. */
  const expectHealthy = async (): Promise<void> => {
    const startedMs = performance.now();
    const produced = await healthy.ask('produce', 7, produceOf(topic, batchOf({ values: ['fine'] })));
    expect(produced.topics[0]!.partitions[0]).toMatchObject({ errorCode: 0, baseOffset: sent });
    const fetched = await healthy.ask('fetch', 11, fetchOf(topic, sent));
    expect(fetched.topics[0]!.partitions[0]!.records!.length).toBeGreaterThan(0);
    sent += 1;
    expect(performance.now() - startedMs).toBeLessThan(2000);
  };

  it.each([
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex')],
    ['a negative length', sized(-1)],
    ['a length of two gigabytes', sized(0x7fffffff)],
    ['an empty frame', Buffer.concat([sized(0), sized(0)])],
    ['a frame too short for a header', framed(Buffer.alloc(3))],
    ['a request cut short within its frame', request(3, 5, Buffer.from([0, 0]))],
    ['an array of two billion topics', request(3, 5, sized(0x7fffffff))],
    ['a string longer than its frame', request(10, 0, Buffer.from([0x7f, 0xff, 65]))],
    ['a negative string length where a string must be', request(10, 0, Buffer.from([0xff, 0xff]))],
    ['a varint without end', request(3, 9, Buffer.alloc(40, 0xff))],
  ])('are cut off when they send %s', async (_, bytes) => {
    const client = await stranger(bytes);
    await expectHealthy();
    await client.closed;
    await expectHealthy();
  });

  it('harm nobody with half a frame, whether they stay or go', async () => {
    const whole = encodeRequest('produce', 7, 1, produceOf(topic, batchOf({ values: ['never'] })));
    for (let length = 1; length < whole.length; length += 7) await stranger(whole.subarray(0, length));
    await expectHealthy();
    for (const client of strangers) client.close();
    await expectHealthy();
  });

  it('are understood when they send a frame byte by byte', async () => {
    const client = await stranger(Buffer.alloc(0));
    const answer = client.frame();
    for (const byte of encodeRequest('metadata', 5, 42, { topics: [] })) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answer).readInt32BE(0)).toBe(42);
  });

  it('harm nobody by being many and silent', async () => {
    for (let count = 0; count < 200; count++) await stranger(Buffer.alloc(0));
    await expectHealthy();
  });

  it('harm nobody with random bytes', async () => {
    for (let count = 0; count < 150; count++) {
      const bytes = randomBytes(chance.integer(1, 600));
      // Never the length of a frame that is taken: for that much, Apache Kafka would set memory aside each time.
      bytes[0] = chance.integer(0x10, 0x100);
      await stranger(bytes);
    }
    for (let count = 0; count < 150; count++) await stranger(framed(randomBytes(chance.integer(1, 600))));
    await expectHealthy();
  });

  it.each([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22])(
    'harm nobody with random bodies of API key %i',
    async (key) => {
      for (let count = 0; count < 40; count++) {
        await stranger(request(key, chance.integer(0, 9), randomBytes(chance.integer(0, 120))));
      }
      await expectHealthy();
    },
  );

  it('harm nobody with requests damaged in one byte', async () => {
    const whole = encodeRequest('produce', 7, 1, produceOf('no-such-topic', batchOf({ values: ['a', 'b'] })));
    for (let at = 4; at < whole.length; at += 2) {
      const damaged = Buffer.from(whole);
      damaged[at] = chance.integer(0, 256);
      await stranger(damaged);
    }
    await expectHealthy();
  });

  it('harm nobody by not taking their answers', async () => {
    const big = batchOf({ values: ['x'.repeat(900_000)] });
    const produced = await healthy.ask('produce', 7, produceOf(topic, big));
    const offset = produced.topics[0]!.partitions[0]!.baseOffset;
    sent = offset + 1;
    const greedy = await stranger(Buffer.alloc(0));
    greedy.socket.pause();
    for (let count = 0; count < 200; count++) {
      greedy.socket.write(encodeRequest('fetch', 11, count, fetchOf(topic, offset)));
    }
    await expectHealthy();
    await eventually(async () => {
      await expectHealthy();
      return true;
    });
  });
});
