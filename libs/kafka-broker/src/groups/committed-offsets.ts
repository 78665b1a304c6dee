import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Durable } from '../log/committer';
import { Journal } from '../log/journal';

const COMPACT_BYTES_MIN = 4 * 1024 * 1024;

export type CommittedOffset = {
  /** As given by the client: some commit −1 and −2 to mean the end and the beginning. */
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
};

export type PartitionOffset = CommittedOffset & { readonly topic: string; readonly partition: number };

/** One journal entry: the offsets a group committed together, or that the group is gone, or a topic. */
type Entry =
  | {
      readonly group: string;
      readonly offsets?: readonly (readonly [
        topic: string,
        partition: number,
        offset: number,
        leaderEpoch: number,
        metadata: string | null,
      ])[];
    }
  | { readonly goneTopic: string };

type GroupOffsets = Map<string, Map<number, CommittedOffset>>;

export type CommittedOffsetsOptions = {
  /** The offsets of topics that are not known any more are forgotten at the start. */
  readonly isKnownTopic?: (topic: string) => boolean;
  readonly log?: (line: string) => void;
};

/** What the groups have committed: in memory to be read, in a journal to be kept. */
export class CommittedOffsets {
  private groups = new Map<string, GroupOffsets>();
  private readonly journal: Journal;
  private compactAtBytes = COMPACT_BYTES_MIN;

  constructor(
    dataDir: string,
    private readonly options: CommittedOffsetsOptions = {},
  ) {
    const { isKnownTopic = () => true } = options;
    const directory = join(dataDir, 'groups');
    mkdirSync(directory, { recursive: true });
    this.journal = new Journal(join(directory, 'offsets.journal'), () => this.load());
    this.load();
    const topics = new Set([...this.groups.values()].flatMap((offsets) => [...offsets.keys()]));
    for (const topic of topics) if (!isKnownTopic(topic)) apply(this.groups, { goneTopic: topic });
    this.compact();
  }

  /** Takes effect as a whole: what cannot be read leaves things as they are. */
  private load(): void {
    const groups = new Map<string, GroupOffsets>();
    const cutBytes = this.journal.open((payload) => apply(groups, JSON.parse(payload.toString('utf8')) as Entry));
    if (cutBytes > 0) this.options.log?.(`offsets: cut off ${cutBytes} bytes behind the last whole commit`);
    this.groups = groups;
  }

  /** What a commit round must write after `commit` or `forgetGroup`. */
  get durable(): Durable {
    return this.journal;
  }

  commit(group: string, offsets: readonly PartitionOffset[]): void {
    const entry: Entry = {
      group,
      offsets: offsets.map(({ topic, partition, offset, leaderEpoch, metadata }) => [
        topic,
        partition,
        offset,
        leaderEpoch,
        metadata,
      ]),
    };
    this.append(entry);
  }

  forgetGroup(group: string): void {
    this.append({ group });
  }

  /** A later topic of the same name begins anew, so nobody goes on in it from where the former one was. */
  forgetTopic(topic: string): void {
    this.append({ goneTopic: topic });
  }

  private append(entry: Entry): void {
    if (this.journal.sizeBytes > this.compactAtBytes) this.tryToCompact();
    this.journal.append(Buffer.from(JSON.stringify(entry)));
    apply(this.groups, entry);
  }

  /** A commit does not fail for it; the next attempt comes when there is twice as much. */
  private tryToCompact(): void {
    try {
      this.compact();
    } catch (error) {
      this.compactAtBytes = this.journal.sizeBytes * 2;
      this.options.log?.(`offsets: not compacted: ${String(error)}`);
    }
  }

  /** Writes what now holds in place of its history. */
  private compact(): void {
    const entries = this.groupIds().map((group): Entry => ({
      group,
      offsets: this.all(group).map(({ topic, partition, offset, leaderEpoch, metadata }) => [
        topic,
        partition,
        offset,
        leaderEpoch,
        metadata,
      ]),
    }));
    this.journal.rewrite(entries.map((entry) => Buffer.from(JSON.stringify(entry))));
    this.compactAtBytes = Math.max(COMPACT_BYTES_MIN, this.journal.sizeBytes * 4);
  }

  find(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.groups.get(group)?.get(topic)?.get(partition);
  }

  all(group: string): readonly PartitionOffset[] {
    return [...(this.groups.get(group) ?? [])].flatMap(([topic, partitions]) =>
      [...partitions].map(([partition, committed]) => ({ topic, partition, ...committed })),
    );
  }

  groupIds(): readonly string[] {
    return [...this.groups.keys()];
  }

  stop(): void {
    this.journal.close();
  }
}

const apply = (groups: Map<string, GroupOffsets>, entry: Entry): void => {
  if ('goneTopic' in entry) {
    for (const [group, topics] of groups) if (topics.delete(entry.goneTopic) && topics.size === 0) groups.delete(group);
    return;
  }
  const { group, offsets } = entry;
  if (offsets === undefined) {
    groups.delete(group);
    return;
  }
  const topics = groups.get(group) ?? new Map<string, Map<number, CommittedOffset>>();
  groups.set(group, topics);
  for (const [topic, partition, offset, leaderEpoch, metadata] of offsets) {
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>();
    topics.set(topic, partitions);
    partitions.set(partition, { offset, leaderEpoch, metadata });
  }
};
