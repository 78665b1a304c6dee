import {
  decodeLink,
  memoryBroker,
  MessagingError,
  type Inbound,
  type MemoryBroker,
  type Outbound,
  type Publisher,
} from '@murmuration/messaging';
import { outage, type Outage } from './outages';
import type { Fate, Process, Surroundings } from './process';

/** The log of all topics, which outlives every process. */
export type Log = {
  /** As the broker itself has it. */
  readonly broker: MemoryBroker;
  readonly outage: Outage;
  readonly publisherOf: (process: Process) => Publisher;
  /** The log as one process fetches it and shares it with its group. */
  readonly brokerOf: (process: Process) => MemoryBroker;
  /** Stores all records of a topic once more. */
  readonly replay: (topic: string) => void;
  /** Stores bytes in a topic that nobody can read. */
  readonly litter: (topic: string) => void;
  /** Keeps a service from fetching a topic any further, until what this returns is called. */
  readonly withhold: (hearer: string, topic: string) => () => void;
  /** Changes, loses or multiplies what is sent from now on, until what this returns is called. */
  readonly tamper: (tampering: Tampering) => () => void;
  /** Stores records of a topic once more, behind all others, and says how many. */
  readonly repeat: (topic: string, isMeant: (record: Inbound) => boolean) => number;
  readonly store: (records: readonly NewRecord[]) => void;
  /** Repeats whatever was lost from the log of its source at once. */
  readonly mend: () => void;
  /** What was sent of an event of which broken bytes were stored. */
  readonly wholeOf: (eventId: string) => Buffer | undefined;
  /** Tells of every request of a relay as it reaches the broker, whatever becomes of its records there. */
  readonly onSent: (listener: (records: readonly NewRecord[]) => void) => void;
};

const REQUEST_TIMEOUT_MS = 500;
/** A member that has not been heard of for so long is out of its group. */
export const SESSION_MS = 6_000;
const REBALANCE_MAX_MS = 300;
const FETCH_MAX_MS = 6;
const LATE_FETCH_MAX_MS = 3_000;
const REPEAT_MAX_MS = 5_000;
const BROKEN = Buffer.from([0x7b, 0xff, 0x00]);
/** How soon the source of a lost record repeats what it has sent. */
const MENDED_MS: readonly [number, number] = [500, 8_000];

export type NewRecord = Pick<Inbound, 'topic' | 'partition' | 'key' | 'value' | 'headers'>;

/** What becomes of a record on its way: nothing, itself, or something else. */
export type Tampering = (record: NewRecord) => readonly NewRecord[];

/** The fetches of one service that wait until they are let through. */
type Withheld = (() => void)[];

const placeOfHearer = (hearer: string, topic: string): string => `${hearer} ${topic}`;
const serviceOf = ({ name }: Process): string => name.split('-')[0] ?? name;

export const simulatedLog = (
  { time, decisions }: Surroundings,
  change: (record: Outbound) => Outbound = (record) => record,
): Log => {
  const broker = memoryBroker({ now: time.now });
  const away = outage(time);
  const unavailable = (): Error => new MessagingError('unavailable', 'the broker gave no answer');

  const tamperings = new Set<Tampering>();
  const sentListeners: ((records: readonly NewRecord[]) => void)[] = [];
  const withheld = new Map<string, Withheld>();

  const store = (records: readonly NewRecord[]): void => broker.append(records);
  const tampered = (record: NewRecord): readonly NewRecord[] =>
    [...tamperings].reduce<readonly NewRecord[]>((records, tampering) => records.flatMap(tampering), [record]);
  const stored = (topic: string): readonly Inbound[] =>
    Array.from({ length: broker.partitionsOf(topic) }, (_, partition) =>
      broker.read(topic, partition, 0, broker.endOffset(topic, partition)),
    ).flat();

  const whole = new Map<string, Buffer>();
  /** The record as the broker stores it: the bytes of its value may get lost, what its headers say does not. */
  const asStored = (record: NewRecord): NewRecord => {
    const link = record.value === null ? undefined : decodeLink(record.headers);
    if (record.value === null || link === undefined || !decisions.strikes('value broken', record.topic)) return record;
    whole.set(link.eventId, record.value);
    return { ...record, value: BROKEN };
  };

  const mends = new Set<() => void>();
  /** What the broker keeps of what it acknowledges: all of it, unless it loses a record, which its source then repeats with all that follows. */
  const kept = (records: readonly NewRecord[], sender: string): readonly NewRecord[] => {
    if (records.length === 0 || !decisions.strikes('record lost', sender)) return records;
    const nth = decisions.integer(`${sender} loss`, 0, records.length);
    const lost = records[nth]!;
    const { topic, partition } = lost;
    const from = broker.endOffset(topic, partition);
    const mend = (): void => {
      if (mends.delete(mend)) store([lost, ...broker.read(topic, partition, from, broker.endOffset(topic, partition))]);
    };
    mends.add(mend);
    time.after(decisions.integer(`${sender} mend`, ...MENDED_MS), mend);
    return records.filter((record) => record !== lost);
  };

  const publisherOf = (process: Process): Publisher => ({
    publish: async (records) => {
      const failure = { failure: unavailable, failsAfterMs: REQUEST_TIMEOUT_MS };
      const isLost = away.isDown() || decisions.strikes('send lost', process.name);
      const isCut = !isLost && decisions.strikes('send cut short', process.name);
      const isUnconfirmed = isCut || (!isLost && decisions.strikes('send unconfirmed', process.name));
      const fate: Fate = { there: isLost ? 'lost' : 'arrives', back: isUnconfirmed ? 'lost' : 'arrives', ...failure };
      const count = isCut ? decisions.integer(`${process.name} send`, 0, records.length) : records.length;
      const sent = records.slice(0, count).map((record) => {
        const { topic, partition, key, value, headers } = change(record);
        return { topic, partition, key, value: Buffer.from(value), headers };
      });
      const arrive = (): void => {
        for (const listener of sentListeners) listener(sent);
        store(kept(sent.flatMap(tampered).map(asStored), process.name));
      };
      await process.ask('publish', arrive, fate);
      if (decisions.strikes('record duplicated', process.name))
        time.after(decisions.integer(`${process.name} repeat`, 1, REPEAT_MAX_MS), () => store(sent));
    },
    reset: async () => {},
    close: async () => {},
  });

  const brokerOf = (process: Process): MemoryBroker => {
    /** How far this process has fetched, by topic-partition. */
    const fetched = new Map<string, number>();
    /** Where a fetch is under way: there is one at a time, as with a real consumer, and it brings all that is there when it ends. */
    const fetching = new Set<string>();
    let heard: readonly string[] = [];
    const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;
    const rings = new Set<(topic: string, partition: number) => void>();
    /** Whether nothing can be fetched now; then it is tried again as soon as it can. */
    const isPutOff = (topic: string, again: () => void): boolean => {
      const waiting = withheld.get(placeOfHearer(serviceOf(process), topic));
      if (away.isDown()) process.timing.after(away.leftMs() + 1, again);
      else waiting?.push(() => process.run(again));
      return away.isDown() || waiting !== undefined;
    };
    const fetchMs = (topic: string, partition: number): number => {
      const site = `${process.name} ${placeOf(topic, partition)}`;
      return decisions.strikes('delivery delayed', site)
        ? decisions.integer(`late ${site}`, 10, LATE_FETCH_MAX_MS)
        : decisions.integer(`fetch ${site}`, 0, FETCH_MAX_MS);
    };
    return {
      ...broker,
      read: (topic, partition, fromOffset, limit) => {
        const place = placeOf(topic, partition);
        if (!fetched.has(place)) {
          const again = (): void => rings.forEach((ring) => ring(topic, partition));
          if (isPutOff(topic, again)) return [];
          fetched.set(place, broker.endOffset(topic, partition));
        }
        const end = fetched.get(place) ?? 0;
        return broker.read(topic, partition, fromOffset, Math.min(limit, Math.max(0, end - fromOffset)));
      },
      onAppended: (ring) => {
        rings.add(ring);
        const unsubscribe = broker.onAppended((topic, partition) => {
          if (!process.isAlive()) return unsubscribe();
          const place = placeOf(topic, partition);
          if (!heard.includes(topic) || fetching.has(place)) return;
          fetching.add(place);
          if (!fetched.has(place)) fetched.set(place, 0);
          const fetch = (): void => {
            if (isPutOff(topic, fetch)) return;
            fetching.delete(place);
            fetched.set(place, broker.endOffset(topic, partition));
            ring(topic, partition);
          };
          process.timing.after(fetchMs(topic, partition), fetch);
        });
        return unsubscribe;
      },
      join: (group, member, topics, onAssigned) => {
        heard = topics;
        const rebalanceMs = (): number => decisions.integer(`${process.name} rebalance`, 1, REBALANCE_MAX_MS);
        let generation = 0;
        const membership = broker.join(group, member, topics, (assigned) => {
          const mine = ++generation;
          // A member only ever learns the newest assignment.
          process.timing.after(rebalanceMs(), () => {
            if (mine === generation) onAssigned(assigned);
          });
        });
        let isOut = false;
        const beat = (): void => {
          time.after(SESSION_MS, () => {
            if (isOut) return;
            if (!process.isAlive() || process.isFrozen()) {
              isOut = true;
              membership.leave();
              if (process.isAlive()) process.run(() => comeBack());
              return;
            }
            beat();
          });
        };
        const comeBack = (): void => {
          if (!isOut) return;
          isOut = false;
          membership.rejoin();
          beat();
        };
        beat();
        return {
          leave: () => {
            isOut = true;
            membership.leave();
          },
          rejoin: () => membership.rejoin(),
        };
      },
    };
  };

  return {
    broker,
    outage: away,
    litter: (topic) => {
      const partition = decisions.integer('litter', 0, broker.partitionsOf(topic));
      store([
        { topic, partition, key: 'litter', value: Buffer.from([0xff, 0x00, 0x7b]), headers: { ce_id: 'litter' } },
      ]);
    },
    publisherOf,
    brokerOf,
    replay: (topic) => store(stored(topic)),
    withhold: (hearer, topic) => {
      const waiting: Withheld = [];
      withheld.set(placeOfHearer(hearer, topic), waiting);
      return () => {
        withheld.delete(placeOfHearer(hearer, topic));
        for (const fetch of waiting) fetch();
      };
    },
    tamper: (tampering) => {
      tamperings.add(tampering);
      return () => void tamperings.delete(tampering);
    },
    repeat: (topic, isMeant) => {
      const again = stored(topic).filter(isMeant);
      store(again);
      return again.length;
    },
    store,
    mend: () => {
      for (const mend of [...mends]) mend();
    },
    wholeOf: (eventId) => whole.get(eventId),
    onSent: (listener) => void sentListeners.push(listener),
  };
};
