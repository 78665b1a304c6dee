import { instant } from '@murmuration/kernel';
import { Health } from '../health/health';
import { createLogger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { FlowWatch } from './flow-watch';

const place = { topic: 'orders.events.v1', partition: 0 };
const batch = {
  ...place,
  records: 3,
  applied: 2,
  duplicates: 1,
  ignored: 0,
  stale: 1,
  parked: 0,
  events: 2,
  durationMs: 4,
  lagMs: 20,
};

const watching = () => {
  const log: Record<string, unknown>[] = [];
  const metrics = new Metrics('orders');
  const logger = createLogger('orders', 'info', { write: (line) => void log.push(JSON.parse(line) as never) });
  const watch = new FlowWatch(logger, metrics);
  const health = new Health(watch.checks);
  const report = async () => (await health.report()).components;
  return { watch, metrics, log, report };
};

describe("the watch over a service's part in the flock", () => {
  it('shows everything as degraded until the topics are there and the consumer hears', async () => {
    const { watch, report } = watching();
    expect(await report()).toMatchObject({ kafka: { status: 'degraded' }, consumer: { status: 'degraded' } });
    watch.opened();
    watch.hears(() => true);
    expect(await report()).toEqual({ kafka: { status: 'up' }, consumer: { status: 'up' }, relay: { status: 'up' } });
  });

  it('is degraded from a failure until there is a success', async () => {
    const { watch, report } = watching();
    watch.opened();
    const relay = watch.relayOf(0);
    relay.failed?.('publish', new Error('no broker'));
    expect(await report()).toMatchObject({ relay: { status: 'degraded', detail: 'publish: no broker' } });
    relay.leading?.(true);
    expect(await report()).toMatchObject({ relay: { status: 'up' } });
  });

  it('is degraded while one log partition cannot be sent, although others can', async () => {
    const { watch, report } = watching();
    const [one, other] = [watch.relayOf(0), watch.relayOf(1)];
    one.failed?.('announce', new Error('unknown event'));
    other.published?.({ events: 1, records: 1, oldestRecordedAt: instant('2026-03-01T09:30:00.000Z') });
    expect(await report()).toMatchObject({ relay: { status: 'degraded', detail: 'announce: unknown event' } });
  });

  it('is degraded until the broker is back, however long it takes to find it away once more', async () => {
    jest.useFakeTimers();
    const { watch, report } = watching();
    let isMember = false;
    watch.opened();
    watch.hears(() => isMember);
    watch.ofConsumer.disconnected?.(new Error('connection timed out'));
    jest.advanceTimersByTime(60_000);
    expect(await report()).toMatchObject({ kafka: { status: 'degraded', detail: 'connection timed out' } });
    isMember = true;
    expect(await report()).toMatchObject({ kafka: { status: 'up' } });
    jest.useRealTimers();
  });

  it('writes one line for a failure that goes on', () => {
    const { watch, log } = watching();
    for (let attempt = 1; attempt <= 50; attempt++)
      watch.ofConsumer.retrying?.({ ...place, attempt, pauseMs: 10, error: new Error('no database') });
    expect(log).toMatchObject([{ level: 'warn', reason: 'no database', msg: 'could not apply records yet' }]);
  });

  it('is degraded while nothing that is heard can be stored', async () => {
    const { watch, report, log } = watching();
    watch.hears(() => true);
    for (let attempt = 1; attempt <= 50; attempt++) watch.ofConsumer.storingFailed?.(new Error('no database'));
    expect(await report()).toMatchObject({ consumer: { status: 'degraded', detail: 'no database' } });
    expect(log).toMatchObject([{ level: 'warn', reason: 'no database' }]);
  });

  it('writes a line for each parked record, however much the record says of itself', () => {
    const { watch, log } = watching();
    const long = 'x'.repeat(100_000);
    watch.ofConsumer.parked?.({
      ...{ id: 'orders:t:0:1', ...place, offset: '1', key: long, value: null, headers: {}, reason: long },
      ...{ kind: 'undecodable', holdsKey: false, parkedAt: instant('2026-03-01T09:30:00.000Z') },
    });
    expect(log).toMatchObject([{ level: 'error', id: 'orders:t:0:1', msg: 'parked a record' }]);
    expect(JSON.stringify(log).length).toBeLessThan(1_000);
  });

  it('shows a topic-partition that stands still', async () => {
    const { watch, report, log } = watching();
    watch.hears(() => true);
    const link = { source: 'orders', logPartition: 0, position: 3, eventId: 'e' };
    watch.ofConsumer.rewound?.({ ...place, link, offset: '7' });
    expect(await report()).toMatchObject({
      consumer: { status: 'degraded', detail: 'orders.events.v1/0: the source was rewound' },
    });
    expect(log).toMatchObject([{ level: 'error', offset: '7' }]);
  });

  it('shows a gap until it is closed, and each of two by itself', async () => {
    const { watch, report } = watching();
    watch.hears(() => true);
    const gapOf = (logPartition: number) => ({ ...place, source: 'orders', logPartition });
    const isUp = async () => (await report())['consumer']?.status === 'up';
    for (const logPartition of [0, 1])
      watch.ofConsumer.gapAlert?.({
        ...gapOf(logPartition),
        missing: { position: 2, eventId: 'e' },
        heldRecords: 1,
      });
    watch.ofConsumer.gapClosed?.(gapOf(0));
    expect(await isUp()).toBe(false);
    watch.ofConsumer.gapClosed?.(gapOf(1));
    expect(await isUp()).toBe(true);
  });

  it('shows no trouble of a topic-partition that another consumes now', async () => {
    const { watch, report } = watching();
    watch.hears(() => true);
    const link = { source: 'orders', logPartition: 0, position: 3, eventId: 'e' };
    watch.ofConsumer.rewound?.({ ...place, link, offset: '7' });
    watch.ofConsumer.rewound?.({ ...place, partition: 1, link, offset: '9' });
    watch.ofConsumer.dropped?.(place);
    expect(await report()).toMatchObject({ consumer: { detail: 'orders.events.v1/1: the source was rewound' } });
    watch.ofConsumer.dropped?.({ ...place, partition: 1 });
    expect(await report()).toMatchObject({ consumer: { status: 'up' } });
  });

  describe('knows that others may have said what was not heard yet', () => {
    const SECOND_MS = 1_000;
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('while the consumer is no member of its group', () => {
      const { watch } = watching();
      expect(watch.isCaughtUp()).toBe(false);
      watch.hears(() => true);
      expect(watch.isCaughtUp()).toBe(true);
    });

    it('from a claim on, until there was time to read what lay there', () => {
      const { watch } = watching();
      watch.hears(() => true);
      watch.ofConsumer.claimed?.({ ...place, epoch: 1, nextOffset: '0' });
      jest.advanceTimersByTime(9 * SECOND_MS);
      expect(watch.isCaughtUp()).toBe(false);
      jest.advanceTimersByTime(SECOND_MS);
      expect(watch.isCaughtUp()).toBe(true);
    });

    it('as long as what it reads is old', () => {
      const { watch } = watching();
      watch.hears(() => true);
      for (const lagMs of [3_600_000, 1_800_000, 30_001]) {
        watch.ofConsumer.batch?.({ ...batch, lagMs });
        jest.advanceTimersByTime(9 * SECOND_MS);
        expect(watch.isCaughtUp()).toBe(false);
      }
      watch.ofConsumer.batch?.({ ...batch, lagMs: 30_000 });
      jest.advanceTimersByTime(SECOND_MS);
      expect(watch.isCaughtUp()).toBe(true);
    });
  });

  it('counts the deadlines that ended a wait by their name, and how late they were', async () => {
    const { watch, metrics } = watching();
    watch.ofAgenda.fired?.('order-deadline:o-1', 1_500);
    watch.ofAgenda.fired?.('order-deadline:o-2', 500);
    const lines = (await metrics.registry.metrics()).split('\n');
    const labels = 'service="orders",deadline="order-deadline"';
    expect(lines.filter((line) => line.includes(labels))).toEqual(
      expect.arrayContaining([
        `murmuration_deadline_late_seconds_sum{${labels}} 2`,
        `murmuration_deadline_late_seconds_count{${labels}} 2`,
      ]),
    );
  });

  it('is degraded while the breaker is open, and counts how often it opened', async () => {
    const { watch, report, metrics, log } = watching();
    watch.hears(() => true);
    watch.ofConsumer.breakerOpened?.({ error: new Error('no database'), keysFailing: 3 });
    expect(await report()).toMatchObject({ consumer: { status: 'degraded' } });
    expect(await metrics.registry.metrics()).toMatch(/murmuration_consumer_breaker_open\{.*\} 1/);
    watch.ofConsumer.breakerClosed?.({ probes: 4 });
    expect(await report()).toMatchObject({ consumer: { status: 'up' } });
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/murmuration_consumer_breaker_open\{.*\} 0/);
    expect(text).toMatch(/murmuration_consumer_breaker_opened_total\{.*\} 1/);
    expect(log).toMatchObject([
      { level: 'error', reason: 'no database', keysFailing: 3 },
      { level: 'info', probes: 4 },
    ]);
  });

  it('counts what became of the records', async () => {
    const { watch, metrics } = watching();
    watch.ofConsumer.batch?.(batch);
    watch.relayOf(0).published?.({ events: 5, records: 4, oldestRecordedAt: '2026-03-01T09:30:00.000Z' as never });
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/murmuration_consumer_records_total\{topic="orders.events.v1",outcome="applied",.*\} 2/);
    expect(text).toMatch(/murmuration_consumer_records_total\{topic="orders.events.v1",outcome="duplicate",.*\} 1/);
    expect(text).toMatch(/murmuration_relay_published_total\{.*\} 4/);
    expect(text).toMatch(/murmuration_events_appended_total\{by="record",.*\} 2/);
  });
});
