import { EventStoreError } from '../event-store-error';
import { STREAM_ID_BYTES_MAX } from '../storable';
import {
  type Subject,
  event,
  events,
  freshStream,
  lastPositions,
  mustAppend,
  mustBeWritten,
  read,
  to,
  upTo,
  versionsOf,
} from './event-store.fixture';

export const appendContract = (subject: Subject): void => {
  describe('append', () => {
    it('starts a new stream that expects none at version 1', async () => {
      const { store } = subject();
      const stream = freshStream();
      const [placed] = await mustBeWritten(store, to(stream, 'none', event(stream)));
      expect(placed).toMatchObject({ version: 1 });
      expect(versionsOf(await read(store, stream))).toEqual([1]);
    });

    it('gives back what was stored, byte for byte, with its place and moment', async () => {
      const { store } = subject();
      const stream = freshStream();
      const traced = { ...event(stream).metadata, traceparent: '00-abc-def-01', requestHash: 'f00' };
      const written = event(stream, { type: 'Named', schemaVersion: 7, metadata: traced });
      const [placed] = await mustBeWritten(store, to(stream, 'none', written));
      const [stored] = await read(store, stream);
      expect(stored).toEqual({ ...written, ...placed, recordedAt: stored?.recordedAt });
      expect(stored?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it('refuses none on an existing stream, naming what was expected and what is', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', ...events(stream, 2)));
      expect(await store.append(to(stream, 'none', event(stream)))).toEqual({
        outcome: 'conflict',
        streamId: stream,
        expected: 'none',
        actual: 2,
      });
    });

    it('refuses exists on a missing stream', async () => {
      const { store } = subject();
      const stream = freshStream();
      expect(await store.append(to(stream, 'exists', event(stream)))).toEqual({
        outcome: 'conflict',
        streamId: stream,
        expected: 'exists',
        actual: 0,
      });
    });

    it('appends to an existing stream that is expected to exist', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 0, event(stream)));
      expect(versionsOf(await mustBeWritten(store, to(stream, 'exists', event(stream))))).toEqual([2]);
    });

    it.each([
      ['stale', 1],
      ['ahead', 3],
      ['zero', 0],
    ])('takes the exact version and refuses a %s one', async (_, wrong) => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', ...events(stream, 2)));
      expect(await store.append(to(stream, wrong, event(stream)))).toEqual({
        outcome: 'conflict',
        streamId: stream,
        expected: wrong,
        actual: 2,
      });
      expect(versionsOf(await mustBeWritten(store, to(stream, 2, event(stream))))).toEqual([3]);
    });

    it('appends at any version to a stream that is not checked', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, { checks: [], events: events(stream, 2) });
      expect(versionsOf(await mustBeWritten(store, { checks: [], events: events(stream, 2) }))).toEqual([3, 4]);
    });

    it('lets 20 parallel writers append at any version: as many events as successes, versions contiguous', async () => {
      const { store, other } = subject();
      const stream = freshStream();
      await Promise.all(
        upTo(20).map((writer) => mustBeWritten(writer % 2 ? store : other, to(stream, 'any', ...events(stream, 3)))),
      );
      expect(versionsOf(await read(store, stream))).toEqual(upTo(60));
    });

    it('lets exactly one of eight racers on one version win, in 20 rounds', async () => {
      const { store, other } = subject();
      const stream = freshStream();
      for (let round = 0; round < 20; round++) {
        const verdicts = await Promise.all(
          upTo(8).map((racer) => (racer % 2 ? store : other).append(to(stream, round, event(stream)))),
        );
        expect(verdicts.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
        expect(verdicts.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(7);
      }
      expect(versionsOf(await read(store, stream))).toEqual(upTo(20));
    });

    it('lets all racers for the first event of a stream succeed at any version', async () => {
      const { store, other } = subject();
      for (let round = 0; round < 5; round++) {
        const stream = freshStream();
        await Promise.all(
          upTo(8).map((racer) => mustBeWritten(racer % 2 ? store : other, to(stream, 'any', event(stream)))),
        );
        expect(versionsOf(await read(store, stream))).toEqual(upTo(8));
      }
    });

    it('accepts an append of nothing at all and writes nothing', async () => {
      const { store } = subject();
      const before = await lastPositions(store);
      expect(await store.append({ checks: [], events: [] })).toEqual({
        outcome: 'appended',
        repeated: false,
        events: [],
      });
      expect(await lastPositions(store)).toEqual(before);
    });

    it('keeps the order of 10,000 events in one append', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', ...events(stream, 10_000)));
      const stored = await read(store, stream);
      expect(versionsOf(stored)).toEqual(upTo(10_000));
      expect(stored.map(({ data }) => (JSON.parse(data) as { n: number }).n)).toEqual(upTo(10_000));
    });

    it.each([
      ['unicode', '{"name":"Žluťoučký 🐦 \\u0000 \\ud83d"}'],
      ['numbers beyond doubles', '{"n":123456789012345678901234567890.10}'],
      ['minus zero', '-0'],
      ['a one with a fraction', '{"a":1.0,"b":1}'],
      ['duplicate keys', '{"a":1,"a":2}'],
      ['white space', ' {\t"a" :\n 1 }  '],
      ['quotes, backslashes, braces and commas', '{"a":"\\"\\\\{},NULL\\"","b":[null,"null"]}'],
      ['a bare null', 'null'],
    ])('keeps data byte for byte: %s', async (_, data) => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', event(stream, { data }), event(stream)));
      expect((await read(store, stream))[0]?.data).toBe(data);
    });

    it.each([
      ['unicode', 'Žluťoučký-🐦-'],
      ['quotes, backslashes, braces, commas and white space', `"a"\\{b},NULL 'c'\n\t`],
      ['a control character', 'a\u001eb'],
      ['the longest', 'x'.repeat(STREAM_ID_BYTES_MAX - 60)],
    ])('keeps stream ids with %s', async (_, name) => {
      const { store } = subject();
      const stream = `${name}${freshStream('')}`;
      const type = `Type of ${name.slice(0, 50)}`;
      await mustBeWritten(store, to(stream, 'none', event(stream, { type }), event(stream)));
      expect(await read(store, stream)).toMatchObject([{ streamId: stream, type, version: 1 }, { version: 2 }]);
    });

    it.each([
      ['an event id that is no UUID', { eventId: 'not-a-uuid' }],
      ['a stream id without a character', { streamId: '' }],
      ['a stream id that is too long', { streamId: 'x'.repeat(STREAM_ID_BYTES_MAX + 1) }],
      ['data that is not JSON', { data: '{"a":' }],
      ['data with a raw control character', { data: '{"a":1}\u001e{"b":2}' }],
      ['empty data', { data: '' }],
    ])('rejects %s and harms no append beside it', async (_, wrong) => {
      const { store } = subject();
      const [good, bad, also] = [freshStream(), freshStream(), freshStream()];
      const results = await Promise.allSettled([
        store.append(to(good, 'none', event(good))),
        store.append({ checks: [], events: [event(bad), event(bad, wrong)] }),
        store.append(to(also, 'none', event(also))),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const reason: unknown = (results[1] as PromiseRejectedResult).reason;
      expect(reason).toBeInstanceOf(EventStoreError);
      expect(reason).toMatchObject({ code: 'invalid-request', retryable: false });
      expect(await read(store, bad)).toEqual([]);
      expect(versionsOf([...(await read(store, good)), ...(await read(store, also))])).toEqual([1, 1]);
    });

    it('leaves no trace of a conflict and burns no position', async () => {
      const { store } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      const before = await lastPositions(store);
      const refused = event(stream);
      await store.append(to(stream, 5, refused));
      expect(await lastPositions(store)).toEqual(before);
      expect((await store.findEvents([refused.eventId])).size).toBe(0);
      const [next] = await mustBeWritten(store, to(stream, 1, event(stream)));
      expect(next?.position).toBe(before[next?.logPartition ?? 0]! + 1);
    });

    it('gives each of many appends made at once its own verdict, in the order they were made', async () => {
      const { store } = subject();
      const [left, right] = [freshStream(), freshStream()];
      const verdicts = await Promise.all([
        store.append(to(left, 'none', event(left))),
        store.append(to(left, 'none', event(left))),
        store.append(to(left, 1, event(left), event(left))),
        store.append(to(right, 'exists', event(right))),
        store.append({ checks: [{ streamId: left, expected: 3 }], events: [event(right)] }),
        store.append(to(right, 1, event(right))),
      ]);
      expect(verdicts).toMatchObject([
        { outcome: 'appended', events: [{ version: 1 }] },
        { outcome: 'conflict', streamId: left, expected: 'none', actual: 1 },
        { outcome: 'appended', events: [{ version: 2 }, { version: 3 }] },
        { outcome: 'conflict', streamId: right, expected: 'exists', actual: 0 },
        { outcome: 'appended', events: [{ version: 1 }] },
        { outcome: 'appended', events: [{ version: 2 }] },
      ]);
    });

    it('refuses to append to an archived stream and to use its id again, while its events stay readable', async () => {
      const { store, other } = subject();
      const stream = freshStream();
      await mustBeWritten(store, to(stream, 'none', event(stream)));
      await store.archive(stream);
      await store.archive(stream);
      for (const expected of ['any', 'none', 'exists', 1, 7] as const) {
        expect(await other.append(to(stream, expected, event(stream)))).toEqual({
          outcome: 'archived',
          streamId: stream,
        });
      }
      expect(versionsOf(await read(other, stream))).toEqual([1]);
    });

    it('refuses an append of which one stream is archived, and gives its neighbours their own verdicts', async () => {
      const { store } = subject();
      const [closed, open] = [freshStream(), freshStream()];
      await store.archive(closed);
      const verdicts = await Promise.all([
        store.append({ checks: [], events: [event(open), event(closed)] }),
        store.append(to(open, 'none', event(open))),
      ]);
      expect(verdicts).toMatchObject([
        { outcome: 'archived', streamId: closed },
        { outcome: 'appended', events: [{ version: 1 }] },
      ]);
    });

    it('recognises a repeated append to a stream that was archived since', async () => {
      const { store } = subject();
      const stream = freshStream();
      const request = to(stream, 'none', event(stream));
      const places = await mustAppend(store, request);
      await store.archive(stream);
      expect(await store.append(request)).toEqual({ outcome: 'appended', repeated: true, events: places });
    });
  });
};
