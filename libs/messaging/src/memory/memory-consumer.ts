import type { Message } from '@murmuration/kernel';
import { groupConsumer, type GroupConsumer, type GroupConsumerOptions } from '../core/group-consumer';
import { pauseOf, type Pause } from '../core/pause';
import type { Assigned, MemoryBroker } from './memory-broker';

export type MemoryConsumerOptions<Command extends Message> = GroupConsumerOptions<Command> & {
  readonly broker: MemoryBroker;
  readonly topics: readonly string[];
  readonly recordsPerFetchMax?: number;
};

export type MemoryConsumer = {
  /** The core that it drives. */
  readonly group: GroupConsumer;
  stop(): Promise<void>;
};

const RECORDS_PER_FETCH_MAX = 500;
/** The bell is the truth here; this only bounds a wait. */
const IDLE_MS = 60_000;

/** Consumes topics of a broker in this process, as the Kafka consumer does those of a real one. */
export const startMemoryConsumer = <Command extends Message>(
  options: MemoryConsumerOptions<Command>,
): MemoryConsumer => {
  const { broker, topics, groupId, holder, clock, recordsPerFetchMax = RECORDS_PER_FETCH_MAX } = options;
  const group = groupConsumer({ ...options, onFenced: () => membership.rejoin() });
  const bells = new Map<string, Pause>();
  const loops = new Set<Promise<void>>();
  let generation = 0;
  let stopped = false;

  const consume = async ({ topic, partition }: Assigned, mine: number, bell: Pause): Promise<void> => {
    const current = (): boolean => !stopped && generation === mine;
    const claim = await group.claim(topic, partition);
    if (claim === undefined) return;
    let offset = Number(claim.nextOffset);
    while (current()) {
      const records = broker.read(topic, partition, offset, recordsPerFetchMax);
      if (records.length === 0) {
        await bell.wait(IDLE_MS);
        continue;
      }
      const handled = await group.handle(topic, partition, records);
      if (handled.outcome === 'fenced' && current()) membership.rejoin();
      if (handled.outcome !== 'applied') return;
      offset = handled.seekTo === undefined ? offset + records.length : Number(handled.seekTo);
    }
  };

  const onAssigned = (assigned: readonly Assigned[]): void => {
    const mine = ++generation;
    for (const bell of bells.values()) bell.wake();
    bells.clear();
    group.dropAll();
    if (stopped) return;
    for (const place of assigned) {
      const bell = pauseOf(clock);
      bells.set(`${place.topic}/${place.partition}`, bell);
      const loop = consume(place, mine, bell).finally(() => loops.delete(loop));
      loops.add(loop);
    }
  };

  const unsubscribe = broker.onAppended((topic, partition) => bells.get(`${topic}/${partition}`)?.wake());
  const membership = broker.join(groupId, holder, topics, onAssigned);

  return {
    group,
    stop: async () => {
      stopped = true;
      unsubscribe();
      membership.leave();
      for (const bell of bells.values()) bell.wake();
      await group.stop();
      await Promise.all(loops);
    },
  };
};
