import { eventually } from '@murmuration/testing';
import { createTopic, type TestCluster, testCluster, uniqueName } from './kafkajs.fixture';
import { WireClient } from './wire.fixture';
import { coordinated, joinOf, WireMember } from './wire-member.fixture';

describe('group coordination on the wire', () => {
  let cluster: TestCluster;
  let topic: string;
  let groupId: string;
  const clients: WireClient[] = [];

  beforeAll(async () => {
    cluster = await testCluster();
    topic = await createTopic(cluster.kafka, 2);
  });
  beforeEach(() => {
    groupId = uniqueName('group');
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => cluster.stop());

  const connected = async () => {
    const client = await WireClient.to(cluster.brokers[0]!);
    clients.push(client);
    await coordinated(client, groupId);
    return client;
  };
  const member = async () => {
    const joined = await WireMember.join(cluster.brokers[0]!, groupId, topic);
    clients.push(joined.client);
    return joined;
  };
  const assignment = Buffer.from('anything');

  it('tells a newcomer its id first, from version 4 on', async () => {
    const client = await connected();
    const first = await client.ask('joinGroup', 4, joinOf(groupId, '', topic));
    expect(first.errorCode).toBe(79);
    expect(first.memberId).not.toBe('');
    const joined = await client.ask('joinGroup', 4, joinOf(groupId, first.memberId, topic));
    expect(joined).toMatchObject({
      errorCode: 0,
      generationId: 1,
      leader: first.memberId,
      memberId: first.memberId,
      protocolName: 'RoundRobinAssigner',
    });
    expect(joined.members).toHaveLength(1);
  });

  it.each([0, 1, 3])('takes a newcomer at once in version %i', async (version) => {
    const client = await connected();
    expect(await client.ask('joinGroup', version, joinOf(groupId, '', topic))).toMatchObject({
      errorCode: 0,
      generationId: 1,
    });
  });

  it('refuses a member it does not know, a session too short, a protocol without name and an empty group id', async () => {
    const client = await connected();
    const errorOf = async (...wish: Parameters<typeof joinOf>) =>
      (await client.ask('joinGroup', 3, joinOf(...wish))).errorCode;
    expect(await errorOf(groupId, 'stranger', topic)).toBe(25);
    expect(await errorOf(groupId, '', topic, { sessionTimeoutMs: 10 })).toBe(26);
    expect(await errorOf(groupId, '', topic, { protocols: [] })).toBe(23);
    expect(await errorOf('', '', topic)).toBe(24);
  });

  it('refuses a member that knows none of the protocols the others know', async () => {
    await member();
    const client = await connected();
    const { errorCode } = await client.ask(
      'joinGroup',
      3,
      joinOf(groupId, '', topic, { protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] }),
    );
    expect(errorCode).toBe(23);
  });

  it("hands the leader's assignments to everyone, byte for byte", async () => {
    const leader = await member();
    const synced = await leader.sync([{ memberId: leader.memberId, assignment }]);
    expect(synced).toMatchObject({ errorCode: 0 });
    expect(synced.assignment).toEqual(assignment);
    expect(await leader.heartbeat()).toBe(0);
  });

  it('tells members of a rebalance by their heartbeats, and waits for all of them', async () => {
    const leader = await member();
    await leader.sync([{ memberId: leader.memberId, assignment }]);
    const joining = WireMember.join(cluster.brokers[0]!, groupId, topic);
    await eventually(async () => (await leader.heartbeat()) === 27, { expectation: 'a rebalance' });
    const again = await leader.client.ask('joinGroup', 5, joinOf(groupId, leader.memberId, topic));
    const second = await joining;
    clients.push(second.client);

    expect(again).toMatchObject({ errorCode: 0, generationId: 2, leader: leader.memberId });
    expect(again.members.map(({ memberId }) => memberId).sort()).toEqual([leader.memberId, second.memberId].sort());
    expect(second.joined).toMatchObject({ generationId: 2, leader: leader.memberId, members: [] });

    const waiting = second.sync([]);
    const other = Buffer.from('other');
    await leader.sync(
      [
        { memberId: leader.memberId, assignment },
        { memberId: second.memberId, assignment: other },
      ],
      2,
    );
    expect((await waiting).assignment).toEqual(other);
  });

  it('refuses heartbeats and commits of strangers and of generations that are over', async () => {
    const leader = await member();
    await leader.sync([{ memberId: leader.memberId, assignment }]);
    expect(await leader.heartbeat(7)).toBe(22);
    expect(await leader.heartbeat(1, 'stranger')).toBe(25);
    expect(await leader.commit(topic, 5, { generationId: 7 })).toBe(22);
    expect(await leader.commit(topic, 5, { memberId: 'stranger' })).toBe(25);
    expect(await leader.commit(topic, 5, { memberId: '', generationId: -1 })).toBe(25);
  });

  it('refuses commits between join and sync, and takes them afterwards', async () => {
    const leader = await member();
    expect(await leader.commit(topic, 5)).toBe(27);
    await leader.sync([{ memberId: leader.memberId, assignment }]);
    expect(await leader.commit(topic, 5)).toBe(0);
    expect(await leader.committed(topic)).toMatchObject({ committedOffset: 5, metadata: 'at 5', errorCode: 0 });
  });

  it('keeps the offsets of a group that is not coordinated, negative ones too', async () => {
    const client = await connected();
    for (const committedOffset of [7, -1, -2]) {
      const { topics } = await client.ask('offsetCommit', 5, {
        groupId,
        generationId: -1,
        memberId: '',
        topics: [{ name: topic, partitions: [{ index: 1, committedOffset, committedMetadata: null }] }],
      });
      expect(topics[0]!.partitions[0]!.errorCode).toBe(0);
      const fetched = await client.ask('offsetFetch', 4, { groupId, topics: null });
      expect(fetched.topics).toHaveLength(1);
      expect(fetched.topics[0]).toMatchObject({ name: topic, partitions: [{ index: 1, committedOffset }] });
    }
  });

  it('says −1 for what was never committed', async () => {
    const client = await connected();
    const { topics, errorCode } = await client.ask('offsetFetch', 4, {
      groupId,
      topics: [{ name: topic, partitionIndexes: [0] }],
    });
    expect(errorCode).toBe(0);
    expect(topics[0]!.partitions[0]).toMatchObject({ committedOffset: -1, errorCode: 0 });
  });

  it('refuses commits for a partition that does not exist', async () => {
    const leader = await member();
    await leader.sync([{ memberId: leader.memberId, assignment }]);
    const topics = [{ name: topic, partitions: [{ index: 99, committedOffset: 1, committedMetadata: null }] }];
    expect(await leader.commit(topic, 1, { topics })).toBe(3);
  });

  it('forgets what was committed for a topic when the topic is deleted', async () => {
    const client = await connected();
    const deleted = await createTopic(cluster.kafka, 1);
    const ofTopic = (committedOffset: number) => ({
      groupId,
      generationId: -1,
      memberId: '',
      topics: [{ name: deleted, partitions: [{ index: 0, committedOffset, committedMetadata: null }] }],
    });
    const committed = async () => {
      const { topics } = await client.ask('offsetFetch', 4, {
        groupId,
        topics: [{ name: deleted, partitionIndexes: [0] }],
      });
      return topics[0]!.partitions[0]!.committedOffset;
    };
    await client.ask('offsetCommit', 5, ofTopic(7));
    expect(await committed()).toBe(7);
    await client.ask('deleteTopics', 3, { topicNames: [deleted], timeoutMs: 5000 });
    await eventually(async () => (await committed()) === -1, { expectation: 'no offset of the topic' });
  });

  it('lets a member leave, and refuses one that is gone', async () => {
    const leader = await member();
    await leader.sync([{ memberId: leader.memberId, assignment }]);
    const leave = () => leader.client.ask('leaveGroup', 3, { groupId, members: [{ memberId: leader.memberId }] });
    expect((await leave()).members[0]).toMatchObject({ errorCode: 0 });
    expect((await leave()).members[0]).toMatchObject({ errorCode: 25 });
    expect(await leader.heartbeat()).toBe(25);
  });
});
