import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KafkaBrokerError } from '../kafka-broker-error';
import { syncDirectory } from '../log/directory-sync';
import { type LogOptions, PartitionLog } from '../log/partition-log';
import { ErrorCode } from '../protocol/error-code';

export const PARTITIONS_PER_TOPIC_MAX = 1000;
const PARTITIONS_MAX = 10_000;
const LEGAL_NAME = /^[a-zA-Z0-9._-]{1,249}$/;
const DEFINITION = 'topic.json';

export type Topic = {
  readonly name: string;
  readonly id: string;
  readonly directory: string;
  readonly partitions: readonly PartitionLog[];
};

type Definition = { readonly name: string; readonly id: string; readonly partitions: number };

export const isLegalTopicName = (name: string): boolean => LEGAL_NAME.test(name) && name !== '.' && name !== '..';

/**
 * The topics and their partitions. A topic exists from the moment its definition is in its folder; a folder without one is
 * left over from a creation or deletion that a crash cut short, and is removed at the next start.
 */
export class TopicCatalogue {
  private readonly byName = new Map<string, Topic>();
  private readonly byId = new Map<string, Topic>();
  private readonly root: string;
  private partitions = 0;

  constructor(
    dataDir: string,
    private readonly options: LogOptions,
  ) {
    this.root = join(dataDir, 'topics');
    mkdirSync(this.root, { recursive: true });
    for (const entry of readdirSync(this.root)) this.load(join(this.root, entry));
  }

  private load(directory: string): void {
    const path = join(directory, DEFINITION);
    if (!existsSync(path)) {
      rmSync(directory, { recursive: true, force: true });
      return;
    }
    this.open(readDefinition(path), directory);
  }

  private open({ name, id, partitions }: Definition, directory: string): Topic {
    const logs = Array.from(
      { length: partitions },
      (_, index) => new PartitionLog(join(directory, String(index)), this.options),
    );
    const topic = { name, id, directory, partitions: logs };
    this.byName.set(name, topic);
    this.byId.set(id, topic);
    this.partitions += partitions;
    return topic;
  }

  get(name: string): Topic | undefined {
    return this.byName.get(name);
  }

  withId(id: string): Topic | undefined {
    return this.byId.get(id);
  }

  all(): readonly Topic[] {
    return [...this.byName.values()];
  }

  log(topic: string, partition: number): PartitionLog | undefined {
    return this.byName.get(topic)?.partitions[partition];
  }

  /** Why a topic cannot be created, or `none`. */
  refusalOf(name: string, partitions: number): ErrorCode {
    if (!isLegalTopicName(name)) return ErrorCode.invalidTopic;
    if (this.byName.has(name)) return ErrorCode.topicAlreadyExists;
    if (partitions < 1 || partitions > PARTITIONS_PER_TOPIC_MAX) return ErrorCode.invalidPartitions;
    return this.partitions + partitions > PARTITIONS_MAX ? ErrorCode.policyViolation : ErrorCode.none;
  }

  /** Creates a topic that `refusalOf` has nothing against. Throws when the disk refuses. */
  create(name: string, partitions: number): Topic {
    const id = randomUUID();
    const directory = join(this.root, `${name}~${id.slice(0, 8)}`);
    const definition: Definition = { name, id, partitions };
    try {
      for (let index = 0; index < partitions; index++) mkdirSync(join(directory, String(index)), { recursive: true });
      define(directory, definition);
      syncDirectory(this.root);
      return this.open(definition, directory);
    } catch (error) {
      // The next attempt makes a folder of its own, and two of one name must not be found at the next start.
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Throws while the topic is still there. */
  delete(topic: Topic): void {
    rmSync(join(topic.directory, DEFINITION));
    this.byName.delete(topic.name);
    this.byId.delete(topic.id);
    this.partitions -= topic.partitions.length;
    for (const log of topic.partitions) log.close();
    try {
      rmSync(topic.directory, { recursive: true, force: true });
    } catch (error) {
      this.options.log(`${topic.directory}: left over until the next start: ${String(error)}`);
    }
  }

  async stop(): Promise<void> {
    for (const topic of this.all()) await Promise.all(topic.partitions.map((log) => log.stop()));
  }
}

const define = (directory: string, definition: Definition): void => {
  const path = join(directory, DEFINITION);
  writeFileSync(`${path}.new`, JSON.stringify(definition), { flush: true });
  renameSync(`${path}.new`, path);
  syncDirectory(directory);
};

const readDefinition = (path: string): Definition => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Definition;
  } catch (cause) {
    throw new KafkaBrokerError('data-damaged', `${path} is not readable as a topic's definition`, { cause });
  }
};
