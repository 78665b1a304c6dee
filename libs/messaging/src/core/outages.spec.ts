import type { NewEvent } from '@murmuration/event-store';
import { epochMs } from '@murmuration/kernel';
import { countsOf, decodeSighting, SIGHTINGS, START } from '../flock.fixture';
import type { InboxBatch, ParkedRecord } from '../inbox.port';
import { circuitBreaker } from './circuit-breaker';
import { away, failing, renumbered, RETRY_BUDGET_MS, spoken, writes } from './consumer.fixture';
import { PLACES as PLACES_EVERYWHERE, spoken as spokenEverywhere } from './group.fixture';
import { partitionConsumer } from './partition-consumer';

const HOUR_MS = 3_600_000;
const OUTAGE_HOURS = 2;

/** What a service says of a parked record. */
const announceParked = ({ offset }: ParkedRecord): NewEvent => ({
  ...{ streamId: `parked-${offset}`, eventId: `00000000-0000-4000-8000-${offset.padStart(12, '0')}` },
  ...{ type: 'RecordParked', schemaVersion: 1, data: '{}' },
  metadata: { correlationId: '', causationId: '', actor: 'inbox', hop: 0 },
});

const passedMs = ({ clock }: ReturnType<typeof failing>): number => epochMs(clock.now()) - epochMs(START);
const hours = async (subject: ReturnType<typeof failing>, count: number): Promise<void> => {
  while (passedMs(subject) < count * HOUR_MS) await new Promise((resolve) => setImmediate(resolve));
};
/** A record for each of so many places, in order. */
const sightings = (places: number) =>
  spoken(...Array.from({ length: places }, (_, birds) => ({ place: `p${birds}`, birds })));
type Overrides = NonNullable<Parameters<typeof failing>[1]>;
const idOf = (offset: number): string => `tally:${SIGHTINGS}:0:${offset}`;

describe('poisoned records, each of another key, with nothing else to show that others do not fail', () => {
  const poisons = ['p0', 'p1', 'p2'];
  const poisoned = () => failing((batch) => (poisons.some((place) => writes(batch, place)) ? away() : undefined));

  it('42: are parked in the end, three of them alone, and the circuit is closed', async () => {
    const subject = poisoned();
    const consumer = await subject.join();
    await expect(consumer.handle(await sightings(3))).resolves.toEqual({ outcome: 'applied', nextOffset: '3' });
    const parked = await subject.inbox.listParked({ limit: 9 });
    expect(parked.map(({ key, kind }) => [key, kind])).toEqual(poisons.map((key) => [key, 'failed']));
    expect(parked[2]?.reason).toMatch(/^failed \d+ times, at last with: .*no route$/);
    expect(subject.all('breakerOpened')).toMatchObject([{ keysFailing: 3 }]);
    expect(subject.all('breakerClosed')).toHaveLength(1);
    expect(passedMs(subject)).toBeGreaterThan(3 * RETRY_BUDGET_MS);
    expect(passedMs(subject)).toBeLessThan(6 * RETRY_BUDGET_MS);
  });

  it('42: can be discarded at once, and stay parked when they fail again as soon as others show that they work', async () => {
    const { join, inbox, store } = poisoned();
    const records = await sightings(4);
    const consumer = await join();
    await consumer.handle(records.slice(0, 3));
    await inbox.wish(idOf(0), 'discard', 'ada');
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await inbox.countParked()).toBe(2);
    await consumer.handle(records.slice(3));
    expect(await countsOf(store, 'p3')).toEqual([3]);
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await inbox.countParked()).toBe(2);
    const { length } = await inbox.readTrail(idOf(2));
    await consumer.settle(await inbox.listWishes('tally'));
    expect(await inbox.readTrail(idOf(2))).toHaveLength(length);
  });

  it('42: keep those behind them waiting for a bounded time, however many they are', async () => {
    const subject = failing(({ append }) =>
      append.events.some(({ streamId }) => streamId !== 'place-p9') ? away() : undefined,
    );
    await (await subject.join()).handle(await sightings(10));
    expect(await countsOf(subject.store, 'p9')).toEqual([9]);
    expect(await subject.inbox.countParked()).toBe(9);
    const budgets = 3 + 2 + 4 + 8 + 16 + 32 + 32;
    expect(passedMs(subject)).toBeLessThan(1.5 * budgets * RETRY_BUDGET_MS);
  });
});

describe('an outage of what the handlers need, for hours,', () => {
  const PLACES = 20;
  const refusingEvents = (on: boolean) => (batch: InboxBatch) =>
    on && batch.append.events.length > 0 ? away() : undefined;

  /** Handles records while `fails` is on, and then without it; answers what was parked at the end of the outage. */
  const outage = async (isAway: (away: boolean) => Parameters<typeof failing>[0], overrides: Overrides = {}) => {
    let on = true;
    const subject = failing((batch) => isAway(on)(batch), overrides);
    const consumer = await subject.join();
    const handling = consumer.handle(await sightings(PLACES));
    await hours(subject, OUTAGE_HOURS);
    const parked = await subject.inbox.countParked();
    on = false;
    await handling;
    await consumer.settle(await subject.inbox.listWishes('tally'));
    return { ...subject, parked };
  };
  const expectAllApplied = async ({ store, inbox }: Awaited<ReturnType<typeof outage>>): Promise<void> => {
    for (let place = 0; place < PLACES; place++) expect(await countsOf(store, `p${place}`)).toEqual([place]);
    expect(await inbox.countParked()).toBe(0);
  };

  it('31: parks nothing when it is the database itself', async () => {
    const subject = await outage((on) => () => (on ? away() : undefined));
    expect(subject.parked).toBe(0);
    expect(subject.all('parked')).toEqual([]);
    expect(subject.all('breakerClosed')).toHaveLength(1);
    await expectAllApplied(subject);
  });

  it('31: uses up none of the patience with a record once the database is back, however little that is', async () => {
    let isAway = true;
    const subject = failing(() => (isAway ? away() : undefined), { retryBudgetMs: 1_000 });
    const handling = (await subject.join()).handle(await spoken({ place: 'pond', birds: 3 }));
    await hours(subject, OUTAGE_HOURS);
    isAway = false;
    await handling;
    expect(subject.all('parked')).toEqual([]);
    expect(await countsOf(subject.store, 'pond')).toEqual([3]);
  });

  it('31: ends with the first answer of the database, also to whoever has nothing but duplicates in hand', async () => {
    let isAway = false;
    const subject = failing(() => (isAway ? away() : undefined));
    const consumer = await subject.join();
    const records = await sightings(2);
    await consumer.handle(records);
    isAway = true;
    const handling = consumer.handle(renumbered(records, 2));
    await hours(subject, OUTAGE_HOURS);
    expect(subject.all('breakerOpened')).toHaveLength(1);
    isAway = false;
    await handling;
    expect(subject.all('breakerClosed')).toHaveLength(1);
  });

  it.each([
    ['a conflict', { outcome: 'conflict', streamId: 'place-p0' }],
    ['a refusal', { outcome: 'refused', reason: 'as it is' }],
  ] as const)('31: ends with the first answer of the database, also when that is %s', async (_, verdict) => {
    const breaker = circuitBreaker({ chance: () => 0.5 });
    breaker.away('elsewhere', away());
    for (let probe = 0; probe < 9; probe++) await breaker.turn('elsewhere', () => true);
    breaker.leave('elsewhere');
    const answers: number[] = [];
    const subject = failing(() => undefined, {
      breaker,
      change: (inbox) => ({
        ...inbox,
        commit: (batch) => (answers.push(passedMs(subject)) === 1 ? Promise.resolve(verdict) : inbox.commit(batch)),
      }),
    });
    await (await subject.join()).handle(await sightings(1));
    expect(passedMs(subject) - (answers[0] ?? 0)).toBeLessThan(1_000);
  });

  it('31: is over with the first answers also when all that it left in doubt is heard by nobody', async () => {
    let isAway = true;
    const subject = failing(() => (isAway ? away() : undefined));
    const records = await spokenEverywhere(...PLACES_EVERYWHERE.map((place) => ({ place, birds: 1 })));
    const shared = {
      ...subject.options,
      breaker: circuitBreaker({ chance: () => 0.5, listener: subject.options.listener! }),
    };
    const handlings = records.map(async (of, partition) => {
      const claim = await subject.inbox.claim('tally', SIGHTINGS, partition, 'me');
      const ignoring = { ...shared, decode: () => ({ kind: 'ignored', why: 'nobody hears it' }) as const };
      return partitionConsumer(claim, ignoring).handle(of.slice(0, 1));
    });
    await hours(subject, OUTAGE_HOURS);
    isAway = false;
    await Promise.all(handlings);
    expect(subject.all('breakerOpened')).toHaveLength(1);
    expect(subject.all('breakerClosed')).toHaveLength(1);
  });

  it('31: parks nothing when the database answers and stores no events, if the service says what it parks', async () => {
    const subject = await outage(refusingEvents, { announceParked });
    expect(subject.parked).toBe(0);
    expect(subject.all('parked')).toEqual([]);
    await expectAllApplied(subject);
  });

  it('31: parks ever less, on trial, when nothing but the events of what is heard cannot be stored', async () => {
    const subject = await outage(refusingEvents, { retryBudgetMs: 3 * RETRY_BUDGET_MS });
    // After half a minute each, then after one, two, four, eight minutes, and in the end every sixteen.
    expect(subject.parked).toBeGreaterThan(3);
    expect(subject.parked).toBeLessThanOrEqual(13);
    await expectAllApplied(subject);
    expect(await subject.inbox.readTrail(idOf(0))).toMatchObject([
      { actor: 'system', action: 'redrive' },
      { actor: 'consumer', action: 'redriven' },
    ]);
  });

  it('31: parks ever less, on trial, and has all of it redriven, also when every second record is heard by nobody', async () => {
    const subject = await outage(refusingEvents, {
      retryBudgetMs: 10 * RETRY_BUDGET_MS,
      decode: (record) =>
        Number(record.offset) % 2 === 1 ? { kind: 'ignored', why: 'nobody' } : decodeSighting(record),
    });
    expect(subject.parked).toBeLessThanOrEqual(8);
    for (let place = 0; place < PLACES; place += 2) expect(await countsOf(subject.store, `p${place}`)).toEqual([place]);
    expect(await subject.inbox.countParked()).toBe(0);
  });

  it('31: has redriven what was parked on trial also when that could not be wished for at first', async () => {
    let wishes = 0;
    const subject = await outage(refusingEvents, {
      retryBudgetMs: 3 * RETRY_BUDGET_MS,
      change: (inbox) => ({
        ...inbox,
        wish: (...asked) => (++wishes <= 3 ? Promise.reject(away()) : inbox.wish(...asked)),
      }),
    });
    expect(subject.parked).toBeGreaterThan(3);
    await expectAllApplied(subject);
  });

  it('31: parks no more than two, on trial, when it is what the bindings ask, as long as they say so', async () => {
    let isAway = true;
    const subject = await outage(
      (on) => () => {
        isAway = on;
        return undefined;
      },
      {
        decode: (record) => {
          if (isAway) throw away();
          return decodeSighting(record);
        },
      },
    );
    expect(subject.parked).toBe(2);
    expect(subject.all('breakerOpened')).toMatchObject([{ keysFailing: 3 }]);
    await expectAllApplied(subject);
  });
});
