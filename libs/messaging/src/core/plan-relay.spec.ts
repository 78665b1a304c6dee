import { EventStoreError } from '@murmuration/event-store';
import { partitionOf } from '@murmuration/kernel';
import type { RelayCheckpoint } from '../outbox.port';
import { announceSighting, newStore, see, SIGHTINGS } from '../flock.fixture';
import { decodeLink } from './link-codec';
import { type Announce, planRelay } from './plan-relay';

const NEVER: RelayCheckpoint = { position: 0, lastSent: new Map() };
const options = { source: 'sightings', announce: announceSighting, partitionsOf: () => 3 };
const places = ['lake', 'wood', 'hill', 'lake', 'lake', 'wood'];

const seen = async () => {
  const store = newStore();
  await see(store, ...places.map((place, birds) => ({ place, birds })));
  return store.readLog(0, 0, 100);
};

describe('the plan of a relay', () => {
  it('puts each record on the partition of its key, in the order of the log', async () => {
    const { records } = planRelay(await seen(), options, NEVER);
    expect(records.map(({ key }) => key)).toEqual(places);
    for (const { key, partition } of records) expect(partition).toBe(partitionOf(key, 3));
  });

  it('links each record to the previous one on its topic-partition', async () => {
    const { records, checkpoint } = planRelay(await seen(), options, NEVER);
    const last = new Map<number, { position: number; eventId: string }>();
    for (const { partition, headers } of records) {
      const link = decodeLink(headers);
      expect(link?.previous).toEqual(last.get(partition));
      if (link) last.set(partition, { position: link.position, eventId: link.eventId });
    }
    expect(checkpoint.position).toBe(places.length);
    for (const [partition, watermark] of last)
      expect(checkpoint.lastSent.get(`${SIGHTINGS}/${partition}`)).toEqual(watermark);
  });

  it('gives the same links when it is made again from an older checkpoint, however the log was cut', async () => {
    const events = await seen();
    const whole = planRelay(events, options, NEVER).records;
    for (let cut = 0; cut <= events.length; cut++) {
      const before = planRelay(events.slice(0, cut), options, NEVER);
      const after = planRelay(events.slice(cut), options, before.checkpoint);
      expect([...before.records, ...after.records]).toEqual(whole);
    }
  });

  it('passes over events that say nothing', async () => {
    const announce = () => undefined;
    const { records, checkpoint } = planRelay(await seen(), { ...options, announce }, NEVER);
    expect(records).toEqual([]);
    expect(checkpoint).toEqual({ position: places.length, lastSent: new Map() });
  });

  it('ends before an event that newer code has stored, and goes on from there once that code makes it', async () => {
    const events = await seen();
    const unknown = events[3]!.eventId;
    const announce: Announce = (event) => {
      if (event.eventId === unknown) throw new EventStoreError('unknown-event', event.type);
      return announceSighting(event);
    };
    const old = planRelay(events, { ...options, announce }, NEVER);
    expect(old).toMatchObject({ checkpoint: { position: 3 }, haltedBy: { code: 'unknown-event' } });
    const newer = planRelay(events.slice(3), options, old.checkpoint);
    expect(newer.haltedBy).toBeUndefined();
    expect([...old.records, ...newer.records]).toEqual(planRelay(events, options, NEVER).records);
  });

  it('takes any other failure of the rules for what it is', async () => {
    const announce = () => {
      throw new Error('a bug');
    };
    const events = await seen();
    expect(() => planRelay(events, { ...options, announce }, NEVER)).toThrow('a bug');
  });

  it('refuses a log with a hole', async () => {
    const [, ...rest] = await seen();
    expect(() => planRelay(rest, options, NEVER)).toThrow('event 1 of the log after 0, got 2');
  });
});
