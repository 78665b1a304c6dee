import { eventually } from '@murmuration/testing';
import { type Heard, type Said, WireClient } from './wire.fixture';

export const SESSION_MS = 6000;

/** kafkajs' own form: version, topics with their names, no user data. */
const metadataFor = (topic: string): Buffer => {
  const name = Buffer.from(topic);
  const head = Buffer.from([0, 0, 0, 0, 0, 1, name.length >> 8, name.length & 0xff]);
  return Buffer.concat([head, name, Buffer.from([0, 0, 0, 0])]);
};

export const joinOf = (
  groupId: string,
  memberId: string,
  topic: string,
  overrides: Partial<Said<'joinGroup'>> = {},
): Said<'joinGroup'> => ({
  groupId,
  sessionTimeoutMs: SESSION_MS,
  rebalanceTimeoutMs: SESSION_MS,
  memberId,
  protocolType: 'consumer',
  protocols: [{ name: 'RoundRobinAssigner', metadata: metadataFor(topic) }],
  ...overrides,
});

/** Waits until a group has a coordinator, which takes a broker that has just begun a moment. */
export const coordinated = async (client: WireClient, groupId: string): Promise<void> => {
  await eventually(async () => {
    const { errorCode } = await client.ask('findCoordinator', 2, { key: groupId, keyType: 0 });
    if (errorCode !== 0) return false;
    const [group] = (await client.ask('describeGroups', 1, { groups: [groupId] })).groups;
    return group!.errorCode === 0 || group!.errorCode === 69;
  });
};

/** A member of a group that does only what it is told. */
export class WireMember {
  private constructor(
    readonly client: WireClient,
    readonly groupId: string,
    readonly memberId: string,
    readonly joined: Heard<'joinGroup'>,
  ) {}

  /** Joins in two steps, as kafkajs does. */
  static async join(address: string, groupId: string, topic: string): Promise<WireMember> {
    const client = await WireClient.to(address);
    await coordinated(client, groupId);
    const first = await client.ask('joinGroup', 5, joinOf(groupId, '', topic));
    const joined = await client.ask('joinGroup', 5, joinOf(groupId, first.memberId, topic));
    return new WireMember(client, groupId, joined.memberId, joined);
  }

  sync(assignments: Said<'syncGroup'>['assignments'], generationId = this.joined.generationId) {
    return this.client.ask('syncGroup', 3, {
      groupId: this.groupId,
      generationId,
      memberId: this.memberId,
      assignments,
    });
  }

  async heartbeat(generationId = this.joined.generationId, memberId = this.memberId): Promise<number> {
    const answer = await this.client.ask('heartbeat', 3, { groupId: this.groupId, generationId, memberId });
    return answer.errorCode;
  }

  async commit(topic: string, offset: number, overrides: Partial<Said<'offsetCommit'>> = {}): Promise<number> {
    const { topics } = await this.client.ask('offsetCommit', 5, {
      groupId: this.groupId,
      generationId: this.joined.generationId,
      memberId: this.memberId,
      topics: [{ name: topic, partitions: [{ index: 0, committedOffset: offset, committedMetadata: `at ${offset}` }] }],
      ...overrides,
    });
    return topics[0]!.partitions[0]!.errorCode;
  }

  async committed(topic: string) {
    const { topics } = await this.client.ask('offsetFetch', 4, {
      groupId: this.groupId,
      topics: [{ name: topic, partitionIndexes: [0] }],
    });
    return topics[0]!.partitions[0]!;
  }
}
