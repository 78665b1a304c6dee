import type { AppendRequest } from '../port';
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

const BOUNDED_MS = 10_000;

export const multiStreamContract = (subject: Subject): void => {
  describe('several streams in one append', () => {
    it('writes all of them', async () => {
      const { store } = subject();
      const streams = [freshStream(), freshStream(), freshStream()];
      const request: AppendRequest = {
        checks: streams.map((streamId) => ({ streamId, expected: 'none' as const })),
        events: streams.map((streamId) => event(streamId)),
      };
      expect(versionsOf(await mustBeWritten(store, request))).toEqual([1, 1, 1]);
      for (const stream of streams) expect(await read(store, stream)).toHaveLength(1);
    });

    it('writes none when one of three is at the wrong version', async () => {
      const { store } = subject();
      const [first, second, third] = [freshStream(), freshStream(), freshStream()];
      await mustBeWritten(store, to(second, 'none', event(second)));
      const before = await lastPositions(store);
      const checks = [first, second, third].map((streamId) => ({ streamId, expected: 'none' as const }));
      expect(await store.append({ checks, events: [event(first), event(second), event(third)] })).toEqual({
        outcome: 'conflict',
        streamId: second,
        expected: 'none',
        actual: 1,
      });
      expect(await lastPositions(store)).toEqual(before);
      expect(await read(store, first)).toEqual([]);
      expect(await read(store, third)).toEqual([]);
    });

    it('keeps the order of each stream when their events are interleaved', async () => {
      const { store } = subject();
      const [a, b] = [freshStream('a'), freshStream('b')];
      const interleaved = [event(a), event(b), event(a), event(a), event(b)];
      expect(versionsOf(await mustBeWritten(store, { checks: [], events: interleaved }))).toEqual([1, 1, 2, 3, 2]);
      expect((await read(store, a)).map(({ eventId }) => eventId)).toEqual(
        [0, 2, 3].map((index) => interleaved[index]?.eventId),
      );
    });

    it('verifies a stream that is only checked: fresh, stale and missing', async () => {
      const { store } = subject();
      const [checked, written] = [freshStream(), freshStream()];
      await mustBeWritten(store, to(checked, 'none', ...events(checked, 2)));
      await mustBeWritten(store, { checks: [{ streamId: checked, expected: 2 }], events: [event(written)] });
      expect(await store.append({ checks: [{ streamId: checked, expected: 1 }], events: [event(written)] })).toEqual({
        outcome: 'conflict',
        streamId: checked,
        expected: 1,
        actual: 2,
      });
      const missing = freshStream();
      expect(
        await store.append({ checks: [{ streamId: missing, expected: 'exists' }], events: [event(written)] }),
      ).toMatchObject({
        outcome: 'conflict',
        actual: 0,
      });
      expect(versionsOf(await read(store, written))).toEqual([1]);
    });

    it('verifies checks without any events', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      expect(await store.append({ checks: [{ streamId: stream, expected: 1 }], events: [] })).toEqual({
        outcome: 'appended',
        repeated: false,
        events: [],
      });
      expect(await store.append({ checks: [{ streamId: stream, expected: 2 }], events: [] })).toMatchObject({
        outcome: 'conflict',
        actual: 1,
      });
    });

    it('reports the first check that fails', async () => {
      const { store } = subject();
      const [left, right] = [freshStream(), freshStream()];
      const checks = [
        { streamId: left, expected: 'none' as const },
        { streamId: right, expected: 4 },
        { streamId: left, expected: 'exists' as const },
      ];
      expect(await store.append({ checks, events: [event(left)] })).toEqual({
        outcome: 'conflict',
        streamId: right,
        expected: 4,
        actual: 0,
      });
    });

    it('never deadlocks concurrent pairs of streams in opposite order', async () => {
      const { store, other } = subject();
      const [left, right] = [freshStream(), freshStream()];
      const startedMs = Date.now();
      const rounds = upTo(20).flatMap(() => [
        mustBeWritten(store, { checks: [], events: [event(left), event(right)] }),
        mustBeWritten(other, { checks: [], events: [event(right), event(left)] }),
      ]);
      await Promise.all(rounds);
      expect(Date.now() - startedMs).toBeLessThan(BOUNDED_MS);
      expect(versionsOf(await read(store, left))).toEqual(upTo(40));
      expect(versionsOf(await read(store, right))).toEqual(upTo(40));
    });

    it('lets one of two writers win who each check the stream that the other writes', async () => {
      const { store, other } = subject();
      for (let round = 0; round < 10; round++) {
        const [left, right] = [freshStream(), freshStream()];
        const checks = [left, right].map((streamId) => ({ streamId, expected: 'none' as const }));
        const verdicts = await Promise.all([
          store.append({ checks, events: [event(left)] }),
          other.append({ checks, events: [event(right)] }),
        ]);
        expect(verdicts.map(({ outcome }) => outcome).sort()).toEqual(['appended', 'conflict']);
      }
    });
  });

  describe('append all', () => {
    it('writes every request in order, each on top of the ones before', async () => {
      const { store } = subject();
      const stream = freshStream();
      const verdict = await store.appendAll([
        to(stream, 'none', event(stream)),
        to(stream, 1, ...events(stream, 2)),
        to(stream, 3, event(stream)),
      ]);
      expect(verdict).toMatchObject({
        outcome: 'appended',
        verdicts: [
          { events: [{ version: 1 }] },
          { events: [{ version: 2 }, { version: 3 }] },
          { events: [{ version: 4 }] },
        ],
      });
      expect(versionsOf(await read(store, stream))).toEqual(upTo(4));
    });

    it('writes nothing at the first request that is refused and says which', async () => {
      const { store } = subject();
      const [good, bad] = [freshStream(), freshStream()];
      const before = await lastPositions(store);
      const requests = [to(good, 'none', event(good)), to(bad, 3, event(bad)), to(good, 9, event(good))];
      expect(await store.appendAll(requests)).toEqual({
        outcome: 'failed',
        failedAt: 1,
        verdict: { outcome: 'conflict', streamId: bad, expected: 3, actual: 0 },
      });
      expect(await lastPositions(store)).toEqual(before);
      expect(await read(store, good)).toEqual([]);
    });

    it('counts repeated requests as appended with their original places and writes the others', async () => {
      const { store } = subject();
      const stream = freshStream();
      const known = to(stream, 'none', event(stream));
      const places = await mustBeWritten(store, known);
      const fresh = to(stream, 1, event(stream));
      expect(await store.appendAll([known, fresh, fresh])).toMatchObject({
        outcome: 'appended',
        verdicts: [
          { repeated: true, events: places },
          { repeated: false, events: [{ version: 2 }] },
          { repeated: true, events: [{ version: 2 }] },
        ],
      });
    });

    it('undoes everything for an id that is taken or a stream that is archived', async () => {
      const { store } = subject();
      const [stream, closed] = [freshStream(), freshStream()];
      const known = event(stream);
      await mustBeWritten(store, to(stream, 'none', known));
      await store.archive(closed);
      const first = to(stream, 1, event(stream));
      expect(await store.appendAll([first, to(stream, 'any', { ...known, data: '2' })])).toMatchObject({
        failedAt: 1,
        verdict: { outcome: 'id-taken' },
      });
      expect(await store.appendAll([first, to(closed, 'any', event(closed))])).toMatchObject({
        failedAt: 1,
        verdict: { outcome: 'archived' },
      });
      expect(versionsOf(await read(store, stream))).toEqual([1]);
      expect(await store.appendAll([])).toEqual({ outcome: 'appended', verdicts: [] });
    });
  });
};
