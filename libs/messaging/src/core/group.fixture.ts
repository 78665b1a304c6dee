import {
  announceSighting,
  type CountCommand,
  countingService,
  decodeSighting,
  hastyClock,
  hearsay,
  inboundOf,
  newStore,
  see,
  SIGHTINGS,
  START,
} from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import type { Inbound } from '../link';
import { memoryInbox } from '../memory/memory-inbox';
import type { Sighting } from './consumer.fixture';
import { type GroupConsumer, groupConsumer, type GroupConsumerOptions } from './group-consumer';
import { lane } from './lane';
import { planRelay } from './plan-relay';

export const PARTITIONS = 3;

const groups = new Set<GroupConsumer>();
/** Adds a group to those that are stopped after the test. */
export const stopLater = (group: GroupConsumer): GroupConsumer => {
  groups.add(group);
  return group;
};
afterEach(async () => {
  for (const group of groups) await group.stop();
  groups.clear();
});

/** What a source says, by partition, with offsets from 0 in each. */
export const spoken = async (...sightings: readonly Sighting[]): Promise<readonly (readonly Inbound[])[]> => {
  const store = newStore();
  await see(store, ...sightings);
  const options = { source: 'sightings', announce: announceSighting, partitionsOf: () => PARTITIONS };
  const { records } = planRelay(await store.readLog(0, 0, 1000), options, { position: 0, lastSent: new Map() });
  return Array.from({ length: PARTITIONS }, (_, partition) =>
    records.filter((record) => record.partition === partition).map(inboundOf),
  );
};

/** Together they lie on every partition. */
export const PLACES = [
  ...['lake', 'wood', 'hill', 'shore', 'moor', 'field'],
  ...['bay', 'pond', 'dune', 'heath', 'glen', 'dale'],
];

export const setUp = (
  change: (inbox: Inbox) => Inbox = (inbox) => inbox,
  overrides: Partial<GroupConsumerOptions<CountCommand>> = {},
) => {
  const service = countingService();
  const { listener, ...heard } = hearsay();
  const commits: number[] = [];
  const clock = hastyClock();
  let storedAt = (): ReturnType<typeof clock.now> => START;
  const memory = memoryInbox(service.store, { now: () => storedAt() });
  const counting: Inbox = {
    ...memory,
    commit: (batch) => {
      commits.push(1);
      return memory.commit(batch);
    },
    commitTogether: (parts, append) => {
      commits.push(parts.length);
      return memory.commitTogether(parts, append);
    },
  };
  const inbox = change(counting);
  const group = stopLater(
    groupConsumer({
      ...{ groupId: 'tally', holder: 'me', inbox, reader: service.store, decisions: service.decisions },
      ...{ decode: decodeSighting, clock, chance: () => 0.5, lane: lane(), listener },
      ...overrides,
    }),
  );
  const claimAll = async (): Promise<void> => {
    for (let partition = 0; partition < PARTITIONS; partition++) await group.claim(SIGHTINGS, partition);
  };
  const handleAll = (records: readonly (readonly Inbound[])[]) =>
    Promise.all(records.map((mine, partition) => group.handle(SIGHTINGS, partition, mine)));
  /** From now on what is stored is stored at the time of the clock. */
  const keepTime = (): void => {
    storedAt = () => clock.now();
  };
  /** Lets the group look for wishes some times, and do what it finds. */
  const rounds = async (count = 20): Promise<void> => {
    for (let round = 0; round < count; round++) {
      group.settleNow();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    ...{ service, store: service.store, inbox, memory, group, commits, clock },
    ...{ claimAll, handleAll, keepTime, rounds, ...heard },
  };
};
