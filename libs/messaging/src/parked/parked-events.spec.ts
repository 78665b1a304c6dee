import { jsonCodec, type NewEvent, type StoredEvent } from '@murmuration/event-store';
import { instant, type Agenda } from '@murmuration/kernel';
import type { ParkedRecord } from '../inbox.port';
import { agendaBesideParked, announceBesideParked, codecBesideParked, parkedAnnouncer } from './parked-events';

type Counted = { readonly type: 'Counted'; readonly birds: number };

const at = instant('2026-03-01T09:30:00.000Z');
const later = instant('2026-03-01T09:31:00.000Z');
const record: ParkedRecord = {
  ...{ id: 'tally:sightings:0:4', topic: 'sightings', partition: 0, offset: '4', key: 'wood' },
  ...{ value: null, headers: {}, reason: 'refused: Forbidden', kind: 'failed', holdsKey: true, parkedAt: at },
};
const { announceParked, announceUnparked } = parkedAnnouncer('tally', () => later);
const parked = announceParked(record);
const unparked = announceUnparked(record, { id: record.id, outcome: 'discarded' });
const place = { parkedId: record.id, service: 'tally', topic: 'sightings', partition: 0, offset: '4' };

describe('the event about a parked record', () => {
  it('is the same for the same record, and another for another service', () => {
    expect(announceParked(record)).toEqual(parked);
    expect(parkedAnnouncer('census', () => later).announceParked(record).eventId).not.toBe(parked.eventId);
    expect(unparked.eventId).not.toBe(parked.eventId);
    expect(unparked.streamId).toBe(parked.streamId);
  });

  it('passes on no words that a database could refuse, and no more of them than a contract allows', () => {
    const odd = `a\u0000b${'\ud83d\ude00'.repeat(400)}\ud83d`;
    const { data, metadata } = announceParked({
      ...record,
      reason: odd,
      headers: { ce_correlationid: odd, ce_id: odd },
    });
    expect(metadata).toMatchObject({ correlationId: record.id, causationId: record.id });
    const { reason } = JSON.parse(data) as { readonly reason: string };
    expect(reason.length).toBeLessThanOrEqual(500);
    expect(/\0|\p{Surrogate}/u.test(reason)).toBe(false);
  });
});

describe('a log with events about parked records among those of the service', () => {
  const codec = codecBesideParked(jsonCodec<Counted>({ Counted: { version: 1 } }));
  const counted: NewEvent = { ...parked, ...codec.encode({ type: 'Counted', birds: 3 }), streamId: 'place-wood' };

  it('is read back as it was written', () => {
    expect(codec.decode(parked)).toEqual({ type: 'RecordParked', ...place, reason: record.reason, at });
    expect(codec.decode(unparked)).toEqual({ type: 'RecordUnparked', ...place, reason: 'discarded', at: later });
    expect(codec.decode(counted)).toEqual({ type: 'Counted', birds: 3 });
    expect([codec.encode(codec.decode(parked)), codec.encode(codec.decode(counted))]).toMatchObject([
      { type: 'RecordParked', schemaVersion: 1, data: parked.data },
      { type: 'Counted', schemaVersion: 1, data: counted.data },
    ]);
  });

  it('is not read when it holds what this code does not know', () => {
    const of = (changes: Partial<StoredEvent>) => () => codec.decode({ ...parked, ...changes });
    expect(of({ type: 'RecordMourned' })).toThrow('not known here: RecordMourned of version 1');
    expect(of({ schemaVersion: 2 })).toThrow('not known here: RecordParked of version 2');
  });

  it('is announced in the words of the service for either, and its own events in its own', () => {
    const announce = announceBesideParked<Counted, string>(({ birds }) => `${birds} birds`, {
      parked: ({ reason }) => `parked: ${reason}`,
      unparked: ({ reason }) => `unparked: ${reason}`,
    });
    expect([parked, counted, unparked].map((event) => announce(codec.decode(event)))).toEqual([
      ...['parked: refused: Forbidden', '3 birds', 'unparked: discarded'],
    ]);
  });

  it('asks nothing of the agenda about parked records', () => {
    const command = { type: 'Recount' } as const;
    const rules: Agenda<Counted, typeof command, never, never> = {
      changesOf: ({ birds }) => [{ type: 'deadline-cleared', key: String(birds) }],
      settle: () => command,
      fire: () => command,
    };
    const { changesOf, fire } = agendaBesideParked(rules);
    expect([parked, counted, unparked].map((event) => changesOf(codec.decode(event)).length)).toEqual([0, 1, 0]);
    expect(fire).toBe(rules.fire);
  });
});
