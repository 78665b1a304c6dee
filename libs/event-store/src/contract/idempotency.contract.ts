import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../port';
import {
  type Subject,
  event,
  events,
  freshStream,
  lastPositions,
  mustBeWritten,
  read,
  to,
  upTo,
  versionsOf,
} from './event-store.fixture';

export const idempotencyContract = (subject: Subject): void => {
  describe('idempotency', () => {
    it.each(['none', 'any', 0, 1, 17] as const)(
      'answers the same ids expecting %s with the original places',
      async (expected) => {
        const { store, other } = subject();
        const stream = freshStream();
        const same = events(stream, 2);
        const places = await mustBeWritten(store, to(stream, 'none', ...same));
        await mustBeWritten(store, to(stream, 2, event(stream)));
        const before = await lastPositions(store);
        expect(await other.append(to(stream, expected, ...same))).toEqual({
          outcome: 'appended',
          repeated: true,
          events: places,
        });
        expect(await lastPositions(store)).toEqual(before);
      },
    );

    it('recognises a part of an append as repeated when all of its ids are there', async () => {
      const { store } = subject();
      const stream = freshStream();
      const [first, second] = [event(stream), event(stream)];
      const places = await mustBeWritten(store, to(stream, 'none', first, second));
      expect(await store.append(to(stream, 'any', second))).toEqual({
        outcome: 'appended',
        repeated: true,
        events: places.slice(1),
      });
    });

    it('refuses an append of which only some ids are there', async () => {
      const { store } = subject();
      const stream = freshStream();
      const known = event(stream);
      await mustBeWritten(store, to(stream, 'none', known));
      expect(await store.append(to(stream, 1, event(stream), known))).toEqual({
        outcome: 'id-taken',
        eventId: known.eventId,
      });
      expect(versionsOf(await read(store, stream))).toEqual([1]);
    });

    it.each<[string, Partial<NewEvent>]>([
      ['other data', { data: '{"n":1.0}' }],
      ['another type', { type: 'SomethingElse' }],
      ['another schema version', { schemaVersion: 2 }],
      ['another stream', { streamId: freshStream() }],
    ])('refuses the same id with %s', async (_, difference) => {
      const { store } = subject();
      const stream = freshStream();
      const known = event(stream);
      await mustBeWritten(store, to(stream, 'none', known));
      expect(await store.append({ checks: [], events: [{ ...known, ...difference }] })).toEqual({
        outcome: 'id-taken',
        eventId: known.eventId,
      });
    });

    it('counts metadata as circumstance: the same event by another trace is the same event', async () => {
      const { store } = subject();
      const stream = freshStream();
      const known = event(stream);
      const places = await mustBeWritten(store, to(stream, 'none', known));
      const again = { ...known, metadata: { ...known.metadata, traceparent: '00-1-2-01' } };
      expect(await store.append(to(stream, 'none', again))).toEqual({
        outcome: 'appended',
        repeated: true,
        events: places,
      });
    });

    it('refuses one id twice in one append', async () => {
      const { store } = subject();
      const stream = freshStream();
      const twice = event(stream);
      expect(await store.append(to(stream, 'none', event(stream), twice, twice))).toEqual({
        outcome: 'id-taken',
        eventId: twice.eventId,
      });
      expect(await read(store, stream)).toEqual([]);
    });

    it('writes one of many equal appends that are made at once and answers all with its places', async () => {
      const { store, other } = subject();
      const stream = freshStream();
      const request = to(stream, 'none', ...events(stream, 2));
      const verdicts = await Promise.all(upTo(10).map((caller) => (caller % 2 ? store : other).append(request)));
      const places = verdicts.map((verdict) => (verdict.outcome === 'appended' ? verdict.events : verdict));
      expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(1);
      expect(verdicts.filter((verdict) => verdict.outcome === 'appended' && !verdict.repeated)).toHaveLength(1);
      expect(versionsOf(await read(store, stream))).toEqual([1, 2]);
    });

    it('lets exactly one of several appends with one id and other data win when they are made at once', async () => {
      const { store } = subject();
      const stream = freshStream();
      const eventId = randomUUID();
      const verdicts = await Promise.all(
        upTo(4).map((n) =>
          store.append(to(stream, 'any', event(stream, { eventId, data: `{"n":${n}}` }), event(stream))),
        ),
      );
      expect(verdicts.map(({ outcome }) => outcome)).toEqual(['appended', 'id-taken', 'id-taken', 'id-taken']);
    });

    it('finds the events among many ids that are stored', async () => {
      const { store } = subject();
      const stream = freshStream();
      const known = events(stream, 3);
      await mustBeWritten(store, to(stream, 'none', ...known));
      const found = await store.findEvents([randomUUID(), ...known.map(({ eventId }) => eventId), known[0]!.eventId]);
      expect([...found.keys()].sort()).toEqual(known.map(({ eventId }) => eventId).sort());
      expect(found.get(known[1]!.eventId)).toMatchObject({ ...known[1], version: 2 });
      expect((await store.findEvents([])).size).toBe(0);
    });
  });
};
