import { EventStoreError } from '@murmuration/event-store';
import {
  announceSighting,
  countingService,
  decodeSighting,
  hastyClock,
  hearsay,
  inboundOf,
  newStore,
  see,
  SIGHTINGS,
  START,
  type CountCommand,
  type CountingService,
} from '../flock.fixture';
import type { Inbox, InboxBatch } from '../inbox.port';
import type { Inbound } from '../link';
import { memoryInbox } from '../memory/memory-inbox';
import { lane } from './lane';
import { type ConsumerOptions, partitionConsumer, type PartitionConsumer } from './partition-consumer';
import { planRelay } from './plan-relay';

export type Sighting = Parameters<typeof see>[1];

/** What one source says on one topic-partition, with offsets from 0. */
export const spoken = async (...sightings: readonly Sighting[]): Promise<readonly Inbound[]> => {
  const store = newStore();
  await see(store, ...sightings);
  const options = { source: 'sightings', announce: announceSighting, partitionsOf: () => 1 };
  const { records } = planRelay(await store.readLog(0, 0, 1000), options, { position: 0, lastSent: new Map() });
  return records.map(inboundOf);
};
/** Gives records offsets in the order in which they stand. */
export const renumbered = (records: readonly (Inbound | undefined)[], from = 0): readonly Inbound[] =>
  records
    .filter((record) => record !== undefined)
    .map((record, index) => ({ ...record, offset: String(from + index) }));

export type Setup = Partial<ConsumerOptions<CountCommand>> & { readonly service?: CountingService };

export const setUp = ({ service = countingService(), ...overrides }: Setup = {}) => {
  const { listener, ...heard } = hearsay();
  const clock = overrides.clock ?? hastyClock();
  const inbox: Inbox = overrides.inbox ?? memoryInbox(service.store, { now: () => START });
  const options: ConsumerOptions<CountCommand> = {
    ...{ inbox, reader: service.store, decisions: service.decisions, decode: decodeSighting },
    ...{ clock, chance: () => 0.5, lane: lane(), listener },
    ...overrides,
  };
  const join = async (): Promise<PartitionConsumer> =>
    partitionConsumer(await options.inbox.claim('tally', SIGHTINGS, 0, 'me'), options);
  return { service, store: service.store, inbox, join, clock, options, ...heard };
};

export const away = (): Error => new EventStoreError('unavailable', 'no route');
export const writes = ({ append }: Pick<InboxBatch, 'append'>, place: string): boolean =>
  append.events.some(({ streamId }) => streamId === `place-${place}`);
export const RETRY_BUDGET_MS = 10_000;

/** A consumer whose inbox fails as it is told. */
export const failing = (
  fails: (batch: InboxBatch) => Error | undefined,
  { change = (inbox) => inbox, ...overrides }: Setup & { readonly change?: (inbox: Inbox) => Inbox } = {},
) => {
  const store = newStore();
  const inner = memoryInbox(store, { now: () => START });
  const sent: InboxBatch[] = [];
  const inbox: Inbox = {
    ...inner,
    commit: async (batch) => {
      sent.push(batch);
      const failure = fails(batch);
      if (failure) throw failure;
      return inner.commit(batch);
    },
  };
  const subject = setUp({
    service: countingService(store),
    inbox: change(inbox),
    retryBudgetMs: RETRY_BUDGET_MS,
    ...overrides,
  });
  return { ...subject, sent };
};
