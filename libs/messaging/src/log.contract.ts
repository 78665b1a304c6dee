import { randomUUID } from 'node:crypto';
import { memoryEventStore } from '@murmuration/event-store';
import { instant, partitionOf } from '@murmuration/kernel';
import { eventually } from '@murmuration/testing';
import type { GroupConsumerOptions } from './core/group-consumer';
import { lane } from './core/lane';
import { encodeLink } from './core/link-codec';
import { countingService, type CountCommand } from './flock.fixture';
import { memoryInbox } from './memory/memory-inbox';
import type { Inbound, Outbound, Watermark } from './link';

/** A consumer of the log under test, as the adapter starts it with what the suite gives it. */
export type StartConsumer = (
  options: Omit<GroupConsumerOptions<CountCommand>, 'clock' | 'chance'>,
) => Promise<{ stop(): Promise<void> }>;

/** A log with a fresh topic of `LOG_PARTITIONS` partitions. */
export type LogUnderTest = {
  readonly topic: string;
  /** Resolves once all of them are stored. */
  readonly send: (records: readonly Outbound[]) => Promise<void>;
  readonly consume: StartConsumer;
};

export const LOG_PARTITIONS = 4;
const NOW = instant('2026-03-01T09:30:00.000Z');
const SOON = { timeoutMs: 25_000, intervalMs: 10 };
const RECORDS = 60;

/** What relays and consumers rely on of a log, whoever keeps it. */
export const logContract = (name: string, make: () => Promise<LogUnderTest>): void => {
  describe(name, () => {
    let log: LogUnderTest;
    let said: Outbound[];
    const last = new Map<number, Watermark>();
    const stops: (() => Promise<void>)[] = [];

    beforeEach(async () => {
      log = await make();
      said = [];
      last.clear();
    });
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
    });

    /** Sends the next records of one source, linked as a relay links them. */
    const say = async (count: number): Promise<void> => {
      const records = Array.from({ length: count }, (_, nth): Outbound => {
        const position = said.length + nth + 1;
        const key = `place-${position % 9}`;
        const partition = partitionOf(key, LOG_PARTITIONS);
        const eventId = randomUUID();
        const previous = last.get(partition);
        last.set(partition, { position, eventId });
        const link = encodeLink({
          source: 'a-source',
          logPartition: 0,
          position,
          eventId,
          ...(previous && { previous }),
        });
        return {
          topic: log.topic,
          partition,
          key,
          value: `{"n":${position},"text":"ünï 🐦"}`,
          headers: { ...link, ce_id: eventId, odd: 'ö=1' },
        };
      });
      said.push(...records);
      await log.send(records);
    };

    /** A member of a group: its service's inbox is the group's, whoever the member is. */
    const group = () => {
      const service = countingService(memoryEventStore({ now: () => NOW }));
      const inbox = memoryInbox(service.store, { now: () => NOW });
      const groupId = `group-${randomUUID()}`;
      const received: Inbound[] = [];
      const join = async (holder: string) => {
        const mine: Inbound[] = [];
        const consumer = await log.consume({
          ...{ groupId, holder, inbox, reader: service.store, lane: lane(), decisions: service.decisions },
          decode: (record) => {
            // What a member was handed and did not store before it left is handed to the next one again.
            if (!received.some((other) => other.partition === record.partition && other.offset === record.offset))
              received.push(record);
            mine.push(record);
            return { kind: 'ignored', why: 'only looked at' };
          },
        });
        let left: Promise<void> | undefined;
        const leave = (): Promise<void> => (left ??= consumer.stop());
        stops.push(leave);
        return { mine, leave };
      };
      return { received, join };
    };

    const wordsOf = (
      records: readonly (Pick<Inbound, 'partition' | 'key' | 'headers'> & { readonly value: unknown })[],
    ) =>
      records.map(({ partition, key, value, headers }) => ({
        ...{ partition, key, value: String(value) },
        headers: Object.fromEntries(Object.entries(headers).sort(([left], [right]) => (left < right ? -1 : 1))),
      }));
    const inPartition = <Record extends { readonly partition: number }>(records: readonly Record[], wanted: number) =>
      records.filter(({ partition }) => partition === wanted);
    const expectAllInOrder = (received: readonly Inbound[]): void => {
      for (let partition = 0; partition < LOG_PARTITIONS; partition++) {
        const here = inPartition(received, partition);
        expect(wordsOf(here)).toEqual(wordsOf(inPartition(said, partition)));
        expect(here.map(({ offset }) => offset)).toEqual(here.map((_, nth) => String(nth)));
      }
    };

    it('hands a group every record from the first on, byte for byte and in the order of sending per partition', async () => {
      await say(RECORDS);
      const { received, join } = group();
      await join('one');
      await eventually(() => received.length >= RECORDS / 2, SOON);
      await say(RECORDS);
      await eventually(() => received.length >= 2 * RECORDS, SOON);
      expectAllInOrder(received);
    });

    it('hands each group everything, whatever another one has read', async () => {
      await say(RECORDS);
      const groups = [group(), group()];
      for (const { join } of groups) await join('one');
      await eventually(() => groups.every(({ received }) => received.length >= RECORDS), SOON);
      for (const { received } of groups) expectAllInOrder(received);
    });

    it('shares the partitions among the members of a group, and gives those of one who leaves to the others', async () => {
      const { received, join } = group();
      const first = await join('one');
      const second = await join('two');
      await say(RECORDS);
      await eventually(() => received.length >= RECORDS, SOON);
      await first.leave();
      const before = second.mine.length;
      await say(RECORDS);
      await eventually(() => received.length >= 2 * RECORDS, SOON);
      expectAllInOrder(received);
      expect(second.mine.length - before).toBeGreaterThanOrEqual(RECORDS);
      expect(first.mine.length).toBeGreaterThan(0);
    });
  });
};
