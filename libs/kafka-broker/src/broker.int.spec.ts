import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { type Broker, type BrokerOptions, startBroker } from './broker';
import { batchOf, fetchOf, produceOf, WireClient } from './wire.fixture';

describe('an embedded broker', () => {
  let folder: string;
  const running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmuration-broker-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((broker) => broker.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (options: Partial<BrokerOptions> = {}): Promise<Broker> => {
    const broker = await startBroker({ port: 0, dataDir: join(folder, 'data'), ...options });
    running.push(broker);
    return broker;
  };
  const clientOf = async ({ address }: Broker): Promise<WireClient> => {
    const client = await WireClient.to(`${address.host}:${address.port}`);
    running.push({ stop: async () => client.close() });
    return client;
  };
  const createTopic = (client: WireClient, name: string) =>
    client.ask('createTopics', 4, {
      topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1000,
    });
  const fetched = async (client: WireClient, topic: string, offset: number) =>
    (await client.ask('fetch', 11, fetchOf(topic, offset))).topics[0]!.partitions[0]!;

  it('does not share its folder, and gives it back when it stops', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'data-folder-in-use', retryable: true });
    await first.stop();
    await expect(start()).resolves.toBeDefined();
  });

  it('takes over the folder of a process that is gone', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(folder, 'data', 'broker.lock'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }));
    await expect(start()).resolves.toBeDefined();
  });

  it('takes over a lock that a crash left torn', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(folder, 'data', 'broker.lock'), '');
    await expect(start()).resolves.toBeDefined();
  });

  it('says when its port is in use, and leaves the folder free', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-in-use' });
    other.close();
    await expect(start()).resolves.toBeDefined();
  });

  it('says when its folder cannot be used', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(start({ dataDir: join(folder, 'file') })).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });

  it('says when its data is damaged beyond its understanding', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(folder, 'data', 'broker.json'), '{');
    await expect(start()).rejects.toMatchObject({ code: 'data-damaged', retryable: false });
  });

  it('closes its connections when it stops, and may be stopped twice', async () => {
    const broker = await start();
    const client = await clientOf(broker);
    const stops = [broker.stop(), broker.stop()];
    await client.closed;
    await Promise.all(stops);
  });

  it.each(['none', 'group'] as const)('answers what it has written before it stops, with fsync %s', async (fsync) => {
    for (let turns = 0; turns < 12; turns++) {
      const broker = await start({ fsync });
      const client = await clientOf(broker);
      const topic = `topic-${turns}`;
      await createTopic(client, topic);
      let acknowledged = 0;
      const produced = client.ask('produce', 7, produceOf(topic, batchOf({ values: ['a'] }))).then(
        () => (acknowledged = 1),
        () => undefined,
      );
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      await broker.stop();
      await produced;
      const again = await start({ fsync });
      const { topics } = await (
        await clientOf(again)
      ).ask('listOffsets', 1, { topics: [{ name: topic, partitions: [{ index: 0, timestamp: -1 }] }] });
      expect(topics[0]!.partitions[0]!.offset).toBe(acknowledged);
      await again.stop();
    }
  });

  it('does not say that a group is deleted when its disk refused', async () => {
    const first = await start();
    let client = await clientOf(first);
    await createTopic(client, 'topic');
    const topics = [{ name: 'topic', partitions: [{ index: 0, committedOffset: 7, committedMetadata: null }] }];
    await client.ask('offsetCommit', 5, { groupId: 'group', topics });
    await first.stop();
    const second = await start();
    client = await clientOf(second);
    const journal = join(folder, 'data', 'groups', 'offsets.journal');
    await rename(journal, `${journal}.away`);
    await mkdir(journal);
    const { results } = await client.ask('deleteGroups', 1, { groupNames: ['group'] });
    expect(results).toEqual([{ groupId: 'group', errorCode: 15 }]);
    await rm(journal, { recursive: true });
    await rename(`${journal}.away`, journal);
    await second.stop();
    client = await clientOf(await start());
    const fetchedOffsets = await client.ask('offsetFetch', 4, { groupId: 'group', topics: null });
    expect(fetchedOffsets.topics[0]!.partitions[0]!.committedOffset).toBe(7);
  });

  it('creates no topic for the asking when it is told not to', async () => {
    const client = await clientOf(await start({ autoCreateTopics: false }));
    const { topics } = await client.ask('metadata', 5, { topics: [{ name: 'wanted', topicId: '' }] });
    expect(topics[0]).toMatchObject({ errorCode: 3 });
  });

  it('creates topics with the partitions it is told', async () => {
    const client = await clientOf(await start({ defaultPartitions: 4 }));
    const { topics } = await client.ask('metadata', 5, { topics: [{ name: 'wanted', topicId: '' }] });
    expect(topics[0]!.partitions).toHaveLength(4);
  });

  it('reads from its files what it no longer holds in memory, over many segments', async () => {
    const options = { segmentBytesMax: 20_000, hotBytesMax: 16_384 };
    const first = await start(options);
    let client = await clientOf(first);
    await createTopic(client, 'long');
    const values = Array.from({ length: 200 }, (_, index) => `${index}:${'x'.repeat((index * 37) % 900)}`);
    for (const value of values) await client.ask('produce', 7, produceOf('long', batchOf({ values: [value] })));

    const expectAll = async () => {
      let text = '';
      for (let offset = 0, turns = 0; offset < values.length && turns < 1000; turns++) {
        const { errorCode, records } = await fetched(client, 'long', offset);
        expect(errorCode).toBe(0);
        for (let at = 0; at < records!.length; at += 12 + records!.readInt32BE(at + 8)) {
          expect(Number(records!.readBigInt64BE(at))).toBe(offset);
          offset += 1;
        }
        text += records!.toString('latin1');
      }
      for (const value of values) expect(text).toContain(value);
      for (const offset of [1, 57, 123, 199]) {
        const { records } = await fetched(client, 'long', offset);
        expect(Number(records!.readBigInt64BE(0))).toBe(offset);
      }
    };
    await expectAll();
    await first.stop();
    client = await clientOf(await start(options));
    await expectAll();
  });

  it('forgets a deleted topic, and wakes who waits for it', async () => {
    const broker = await start();
    const client = await clientOf(broker);
    await createTopic(client, 'short-lived');
    const waiter = await clientOf(broker);
    const waiting = waiter.ask('fetch', 11, fetchOf('short-lived', 0, { maxWaitMs: 20_000 }));
    await client.ask('produce', 7, produceOf('short-lived', batchOf({ values: ['a'] })));
    await waiting;
    const again = waiter.ask('fetch', 11, fetchOf('short-lived', 1, { maxWaitMs: 20_000 }));
    await client.ask('fetch', 11, fetchOf('short-lived', 1, { maxWaitMs: 50 }));
    const { topics } = await client.ask('deleteTopics', 3, { topicNames: ['short-lived', 'never'], timeoutMs: 1000 });
    expect(topics.map(({ errorCode }) => errorCode)).toEqual([0, 3]);
    expect((await again).topics[0]!.partitions[0]).toMatchObject({ errorCode: 3 });
  });

  it('cuts off who names more than anybody has, before it has a thing for each', async () => {
    const broker = await start();
    const topics = Array.from({ length: 1_100_000 }, () => ({ name: '', topicId: '' }));
    const client = await clientOf(broker);
    const answer = client.ask('metadata', 5, { topics });
    await expect(answer).rejects.toThrow('closed');
    const nested = await clientOf(broker);
    const partitions = Array.from({ length: 100_000 }, (_, index) => ({ index, timestamp: -1 }));
    const asked = nested.ask('listOffsets', 1, {
      topics: Array.from({ length: 11 }, () => ({ name: '', partitions })),
    });
    await expect(asked).rejects.toThrow('closed');
    const modest = await clientOf(broker);
    const answered = await modest.ask('metadata', 5, { topics: topics.slice(0, 10_000) });
    expect(answered.topics).toHaveLength(10_000);
  });

  it('sets no memory aside for what was only announced', async () => {
    const broker = await start();
    const before = process.memoryUsage();
    const announced = Buffer.alloc(1000);
    announced.writeInt32BE(90_000_000);
    for (let count = 0; count < 100; count++) (await clientOf(broker)).socket.write(announced);
    const client = await clientOf(broker);
    await createTopic(client, 'fine');
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(50_000_000);
  });

  it('says in one line why it closed a connection', async () => {
    const lines: string[] = [];
    const client = await clientOf(await start({ log: (line) => lines.push(line) }));
    client.socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await client.closed;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/closed: .*a frame of 1195725856 bytes/);
  });
});
