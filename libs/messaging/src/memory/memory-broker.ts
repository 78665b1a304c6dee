import { assert, type Instant } from '@murmuration/kernel';
import type { Inbound, Outbound } from '../link';
import type { Publisher } from '../publisher.port';

/** A log of topics in this process, good enough for a whole flock: partitions, offsets, and groups that share them. */
export type MemoryBroker = {
  /** Creating it again with the same number of partitions is fine. */
  createTopic(topic: string, partitions: number): void;
  partitionsOf(topic: string): number;
  append(records: readonly Pick<Inbound, 'topic' | 'partition' | 'key' | 'value' | 'headers'>[]): void;
  read(topic: string, partition: number, fromOffset: number, limit: number): readonly Inbound[];
  endOffset(topic: string, partition: number): number;
  /** Rings after every append, before it returns. */
  onAppended(listener: (topic: string, partition: number) => void): () => void;
  /** `onAssigned` is called for every member, this one too, whenever somebody joins or leaves. */
  join(group: string, member: string, topics: readonly string[], onAssigned: OnAssigned): Membership;
};

export type Assigned = { readonly topic: string; readonly partition: number };
export type OnAssigned = (assigned: readonly Assigned[]) => void;
export type Membership = { leave(): void; rejoin(): void };

type Member = { readonly name: string; readonly topics: readonly string[]; readonly onAssigned: OnAssigned };

export const memoryBroker = ({ now }: { readonly now: () => Instant }): MemoryBroker => {
  const topics = new Map<string, Inbound[][]>();
  const groups = new Map<string, Member[]>();
  const listeners = new Set<(topic: string, partition: number) => void>();

  const logsOf = (topic: string): Inbound[][] => {
    const logs = topics.get(topic);
    assert(logs !== undefined, `topic ${topic} to be created first`);
    return logs;
  };
  const logOf = (topic: string, partition: number): Inbound[] => {
    const log = logsOf(topic)[partition];
    assert(log !== undefined, `topic ${topic} to have a partition ${partition}`);
    return log;
  };

  const assign = (group: string): void => {
    const members = groups.get(group) ?? [];
    const shares = new Map<Member, Assigned[]>(members.map((member) => [member, []]));
    const wanted = new Set(members.flatMap((member) => member.topics));
    let next = 0;
    for (const topic of wanted) {
      const takers = members.filter((member) => member.topics.includes(topic));
      for (const partition of logsOf(topic).keys()) {
        const taker = takers[next++ % takers.length];
        if (taker) shares.get(taker)?.push({ topic, partition });
      }
    }
    for (const [member, assigned] of shares) member.onAssigned(assigned);
  };

  return {
    createTopic: (topic, partitions) => {
      const found = topics.get(topic)?.length ?? partitions;
      assert(found === partitions, `topic ${topic} to keep its ${found} partitions`);
      if (!topics.has(topic))
        topics.set(
          topic,
          Array.from({ length: partitions }, () => []),
        );
    },
    partitionsOf: (topic) => logsOf(topic).length,
    append: (records) => {
      const rung = new Map<string, Assigned>();
      for (const { topic, partition, key, value, headers } of records) {
        const log = logOf(topic, partition);
        log.push({ topic, partition, offset: String(log.length), key, value, headers, timestamp: now() });
        rung.set(`${topic}/${partition}`, { topic, partition });
      }
      for (const { topic, partition } of rung.values())
        for (const listener of [...listeners]) listener(topic, partition);
    },
    read: (topic, partition, fromOffset, limit) => logOf(topic, partition).slice(fromOffset, fromOffset + limit),
    endOffset: (topic, partition) => logOf(topic, partition).length,
    onAppended: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    join: (group, name, wanted, onAssigned) => {
      const member = { name, topics: wanted, onAssigned };
      const rejoin = (): void => {
        const others = (groups.get(group) ?? []).filter((other) => other !== member);
        groups.set(group, [...others, member]);
        assign(group);
      };
      rejoin();
      return {
        rejoin,
        leave: () => {
          groups.set(
            group,
            (groups.get(group) ?? []).filter((other) => other !== member),
          );
          assign(group);
        },
      };
    },
  };
};

/** Sends to a broker in this process. */
export const memoryPublisher = (broker: Pick<MemoryBroker, 'append'>): Publisher => ({
  publish: async (records: readonly Outbound[]) =>
    broker.append(records.map((record) => ({ ...record, value: Buffer.from(record.value) }))),
  reset: async () => {},
  close: async () => {},
});
