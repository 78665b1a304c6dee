import { partitionOf } from '@murmuration/kernel';
import type { EventStore } from '../port';
import {
  type Subject,
  event,
  events,
  freshStream,
  lastPositions,
  mustAppend,
  mustBeWritten,
  read,
  readWholeLog,
  to,
  upTo,
  versionsOf,
} from './event-store.fixture';

const WRITERS = 8;
const APPENDS_PER_WRITER = 25;

/** Follows a log partition until a position is reached; fails at the first gap. */
const follow = async (
  store: EventStore,
  logPartition: number,
  from: number,
  until: () => number | undefined,
): Promise<number> => {
  let position = from;
  for (;;) {
    const goal = until();
    const page = await store.readLog(logPartition, position, 50);
    for (const stored of page) expect(stored.position).toBe(++position);
    if (goal !== undefined && position >= goal) return position;
    // Lets the writers of this very process run between two reads that found nothing.
    if (page.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }
};

export const orderContract = (subject: Subject): void => {
  describe('order and visibility', () => {
    it('keeps a stream in one log partition for ever: murmur2 of its id modulo their number', async () => {
      const { store, other } = subject();
      const streams = upTo(20).map(() => freshStream());
      for (const stream of streams) {
        const first = await mustAppend(store, to(stream, 'none', event(stream)));
        const second = await mustAppend(other, to(stream, 1, event(stream)));
        const logPartition = partitionOf(stream, store.logPartitions);
        expect([...first, ...second].map((placed) => placed.logPartition)).toEqual([logPartition, logPartition]);
      }
    });

    it('gives every event of a log partition the next position, whatever its stream', async () => {
      const { store } = subject();
      const before = await lastPositions(store);
      const places = [];
      for (const stream of upTo(10).map(() => freshStream()))
        places.push(...(await mustAppend(store, to(stream, 'none', ...events(stream, 2)))));
      for (const [logPartition, last] of before.entries()) {
        const positions = places.filter((place) => place.logPartition === logPartition).map(({ position }) => position);
        expect(positions).toEqual(positions.map((_, index) => last + index + 1));
      }
    });

    it('shows readers only contiguous prefixes while eight writers append, and at the end everything once', async () => {
      const { store, other } = subject();
      const before = await lastPositions(store);
      const goals: number[] = [];
      const followers = before.map((last, logPartition) =>
        follow(other, logPartition, last, () => goals[logPartition]),
      );
      const writing = upTo(WRITERS).map(async (writer) => {
        const stream = freshStream('writer');
        for (let round = 0; round < APPENDS_PER_WRITER; round++) {
          await mustBeWritten(writer % 2 ? store : other, {
            checks: [],
            events: [event(stream), event(freshStream('side'))],
          });
        }
      });
      await Promise.all(writing);
      goals.push(...(await lastPositions(store)));
      expect(await Promise.all(followers)).toEqual(goals);
      const written = goals.reduce((sum, goal) => sum + goal, 0) - before.reduce((sum, last) => sum + last, 0);
      expect(written).toBe(WRITERS * APPENDS_PER_WRITER * 2);
    });

    it('keeps the versions of each stream ascending along the log', async () => {
      const { store } = subject();
      for (let logPartition = 0; logPartition < store.logPartitions; logPartition++) {
        const versions = new Map<string, number>();
        for (const stored of await readWholeLog(store, logPartition)) {
          expect(stored.version).toBe((versions.get(stored.streamId) ?? 0) + 1);
          versions.set(stored.streamId, stored.version);
        }
      }
    });

    it('shows a write to the next read at once, through every way of reading', async () => {
      const { store, other } = subject();
      for (let round = 0; round < 10; round++) {
        const stream = freshStream();
        const [placed] = await mustBeWritten(store, to(stream, 'none', event(stream)));
        const { logPartition, position, eventId } = placed!;
        expect(await read(other, stream)).toHaveLength(1);
        expect((await other.findEvents([eventId])).has(eventId)).toBe(true);
        expect(await other.readLog(logPartition, position - 1, 10)).toHaveLength(1);
        expect(await other.lastPosition(logPartition)).toBe(position);
      }
    });

    it('reads ranges of several streams in one call, missing ones as empty', async () => {
      const { store } = subject();
      const [long, short, missing] = [freshStream(), freshStream(), freshStream()];
      await mustBeWritten(store, to(long, 'none', ...events(long, 9)));
      await mustBeWritten(store, to(short, 'none', event(short)));
      const found = await store.readStreams([
        { streamId: long, fromVersion: 4, toVersion: 6 },
        { streamId: missing },
        { streamId: short, fromVersion: 2 },
      ]);
      expect([...found].map(([streamId, stored]) => [streamId, versionsOf(stored)])).toEqual([
        [long, [4, 5, 6]],
        [missing, []],
        [short, []],
      ]);
      expect(versionsOf((await store.readStreams([{ streamId: long, fromVersion: 8 }])).get(long) ?? [])).toEqual([
        8, 9,
      ]);
      expect(versionsOf((await store.readStreams([{ streamId: long, toVersion: 0 }])).get(long) ?? [])).toEqual([]);
      expect((await store.readStreams([])).size).toBe(0);
    });

    it('answers many reads made at once each with its own streams and ranges', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', ...events(stream, 5)));
      const answers = await Promise.all(
        upTo(6).map((fromVersion) => store.readStreams([{ streamId: stream, fromVersion }])),
      );
      expect(answers.map((answer) => answer.get(stream)?.length)).toEqual([5, 4, 3, 2, 1, 0]);
    });

    it('rejects a read of a stream that cannot exist and harms no read beside it', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      const reads = await Promise.allSettled([read(store, stream), read(store, 'a\0b'), read(store, stream)]);
      expect(reads.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await store.findEvents(['no-uuid'])).size).toBe(0);
    });

    it('reads a stream backwards, newest first', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', ...events(stream, 5)));
      expect(versionsOf(await store.readStreamBackwards(stream, 3))).toEqual([5, 4, 3]);
      expect(await store.readStreamBackwards(freshStream(), 3)).toEqual([]);
    });

    it('rings the bell of a log partition after its events can be read, in every process', async () => {
      const { store, other } = subject();
      const stream = freshStream();
      const logPartition = partitionOf(stream, store.logPartitions);
      const heard = [store, other].map(
        (listening) =>
          new Promise<void>((resolve) => {
            const unsubscribe = listening.onAppended((rung) => {
              if (rung !== logPartition) return;
              void read(listening, stream).then((stored) => {
                if (stored.length === 0) return;
                unsubscribe();
                resolve();
              });
            });
          }),
      );
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      await Promise.all(heard);
    });

    it('rings no bell that was taken down', async () => {
      const { store } = subject();
      let rings = 0;
      const unsubscribe = store.onAppended(() => rings++);
      unsubscribe();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      expect(rings).toBe(0);
    });
  });
};
