import { type Consumer, type GroupMember, Partitioners } from 'kafkajs';
import { eventually } from '@murmuration/testing';
import { createTopic, kafkaFor, type TestCluster, testCluster, uniqueName } from './kafkajs.fixture';
import { WireMember } from './wire-member.fixture';

type Heard = { readonly partition: number; readonly value: string };

describe('a consumer group', () => {
  let cluster: TestCluster;
  const running: Consumer[] = [];

  beforeAll(async () => {
    cluster = await testCluster();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.disconnect()));
  });
  afterAll(() => cluster.stop());

  const start = async (topic: string, groupId: string, clientId: string) => {
    const heard: Heard[] = [];
    let assigned: readonly number[] = [];
    const consumer = kafkaFor(cluster.brokers, clientId).consumer({
      groupId,
      maxWaitTimeInMs: 100,
      heartbeatInterval: 200,
      sessionTimeout: 6000,
      rebalanceTimeout: 6000,
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      assigned = payload.memberAssignment[topic] ?? [];
    });
    await consumer.connect();
    running.push(consumer);
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        heard.push({ partition, value: String(message.value) });
      },
    });
    return { consumer, heard, assigned: () => [...assigned].sort() };
  };

  const send = async (topic: string, values: readonly string[], partitions: number) => {
    const producer = cluster.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages: values.map((value, index) => ({ value, partition: index % partitions })) });
    await producer.disconnect();
  };

  const stop = async (consumer: Consumer) => {
    running.splice(running.indexOf(consumer), 1);
    await consumer.disconnect();
  };

  const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  it('divides the partitions among its members, and again when one comes or goes', async () => {
    const topic = await createTopic(cluster.kafka, 4);
    const groupId = uniqueName('group');
    const first = await start(topic, groupId, 'first');
    await eventually(() => first.assigned().length === 4, { expectation: 'all partitions with the only member' });

    const second = await start(topic, groupId, 'second');
    await eventually(() => first.assigned().length === 2 && second.assigned().length === 2, {
      expectation: 'two partitions each',
    });
    expect([...first.assigned(), ...second.assigned()].sort()).toEqual([0, 1, 2, 3]);

    await send(topic, numbered('shared', 40), 4);
    await eventually(() => first.heard.length + second.heard.length >= 40, { expectation: 'all records' });
    expect(first.heard.length).toBeGreaterThan(0);
    expect(second.heard.length).toBeGreaterThan(0);

    await stop(first.consumer);
    await eventually(() => second.assigned().length === 4, { expectation: 'all partitions with the one that stayed' });
    await send(topic, numbered('alone', 8), 4);
    await eventually(() => second.heard.filter(({ value }) => value.startsWith('alone')).length === 8, {
      expectation: 'the records of all partitions',
    });
  });

  it('goes on where it committed, with other members', async () => {
    const topic = await createTopic(cluster.kafka, 2);
    const groupId = uniqueName('group');
    await send(topic, numbered('before', 10), 2);
    const first = await start(topic, groupId, 'first');
    await eventually(() => first.heard.length === 10, { expectation: 'the first records' });
    await stop(first.consumer);

    await send(topic, numbered('after', 6), 2);
    const second = await start(topic, groupId, 'second');
    await eventually(() => second.heard.length >= 6, { expectation: 'the later records' });
    expect(second.heard.every(({ value }) => value.startsWith('after'))).toBe(true);
  });

  it('reads a partition from the beginning again after its offset was set back', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const groupId = uniqueName('group');
    await send(topic, numbered('value', 5), 1);
    const first = await start(topic, groupId, 'first');
    await eventually(() => first.heard.length === 5);
    await stop(first.consumer);

    const admin = cluster.kafka.admin();
    await admin.connect();
    await admin.resetOffsets({ groupId, topic, earliest: true });
    await admin.disconnect();
    const second = await start(topic, groupId, 'second');
    await eventually(() => second.heard.length === 5, { expectation: 'all records once more' });
  });

  it('begins anew when the committed offset is out of range', async () => {
    const topic = await createTopic(cluster.kafka, 1);
    const groupId = uniqueName('group');
    await send(topic, numbered('value', 3), 1);
    const admin = cluster.kafka.admin();
    await admin.connect();
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1000' }] });
    await admin.disconnect();
    const { heard } = await start(topic, groupId, 'first');
    await eventually(() => heard.length === 3, { expectation: 'the records from the beginning' });
  });

  it('shows its members and state to operators', async () => {
    const topic = await createTopic(cluster.kafka, 2);
    const groupId = uniqueName('group');
    const { consumer } = await start(topic, groupId, 'shown');
    const admin = cluster.kafka.admin();
    await admin.connect();
    const describe = async () => (await admin.describeGroups([groupId])).groups[0]!;
    const stable = await eventually(async () => {
      const group = await describe();
      return group.state === 'Stable' ? group : undefined;
    });
    expect(stable).toMatchObject({ groupId, protocolType: 'consumer', protocol: 'RoundRobinAssigner' });
    expect(stable!.members.map(({ memberMetadata }: GroupMember) => memberMetadata.length > 0)).toEqual([true]);
    expect((await admin.listGroups()).groups).toContainEqual({ groupId, protocolType: 'consumer' });

    await stop(consumer);
    await eventually(async () => ['Empty', 'Dead'].includes((await describe()).state));
    await admin.disconnect();
  });

  it('takes over the partitions of a member that fell silent, after its session', async () => {
    const topic = await createTopic(cluster.kafka, 2);
    const groupId = uniqueName('group');
    const silent = await WireMember.join(cluster.brokers[0]!, groupId, topic);
    const { assigned } = await start(topic, groupId, 'lively');
    await eventually(() => assigned().length === 2, { expectation: 'both partitions', timeoutMs: 20_000 });
    silent.client.close();
  });
});
