import type { AgendaListener } from '@murmuration/effects';
import type { ConsumerListener, GapReport, RelayListener } from '@murmuration/messaging';
import type { ComponentCheck, ComponentHealth } from '../health/health';
import type { Logger } from '../logging/logger';
import type { Metrics } from '../metrics/metrics';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a record says of itself may be as long as the broker takes; all of it is kept with the record. */
const WORDS_CHARS_MAX = 300;

const brief = (words: string | null): string | null =>
  words !== null && words.length > WORDS_CHARS_MAX ? `${words.slice(0, WORDS_CHARS_MAX)}…` : words;

/** Whoever failed tries again within this time, and fails again unless it is well. */
const FAILING_MS = 10_000;

/** Records as old as that lay there while nobody read them; clocks of different machines differ by less. */
const OLD_MS = 30_000;
/** Within this time comes the next batch, if there is more to catch up with. */
const CATCHING_UP_MS = 10_000;

/** Down from a failure until there is a success, or until failing again is overdue. */
class Part {
  private failure: { readonly detail: string; readonly atMs: number } | undefined;
  private toldAtMs = Number.NEGATIVE_INFINITY;

  works(): void {
    this.failure = undefined;
  }

  /** True when this is worth a line in the log: the first failure, and one in a while as long as it goes on. */
  fails(detail: string): boolean {
    const atMs = performance.now();
    this.failure = { detail, atMs };
    if (atMs - this.toldAtMs < FAILING_MS) return false;
    this.toldAtMs = atMs;
    return true;
  }

  /** While it surely still fails, an attempt may take as long as it will. */
  healthWhile(failsForSure: boolean): ComponentHealth {
    if (this.failure === undefined) return { status: 'up' };
    const { detail, atMs } = this.failure;
    return failsForSure || performance.now() - atMs <= FAILING_MS ? { status: 'down', detail } : { status: 'up' };
  }

  get health(): ComponentHealth {
    return this.healthWhile(false);
  }
}

type Place = Pick<GapReport, 'topic' | 'partition'>;

const placeOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;
const originOf = ({ source, logPartition }: Pick<GapReport, 'source' | 'logPartition'>): string =>
  `${source}/${logPartition}`;

/** Hears what the consumer, the relay and the agenda say of themselves, and makes logs, metrics and health of it. */
export class FlowWatch {
  private isOpen = false;
  private isHearing = (): boolean => false;
  private readonly broker = new Part();
  /** One for each log partition: one that works says nothing of another. */
  private readonly relays = new Map<number, Part>();
  private readonly consumer = new Part();
  private readonly agenda = new Part();
  /** By topic-partition, and there by what they are about. */
  private readonly troubles = new Map<string, Map<string, string>>();
  private isBreakerOpen = false;
  private behindUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    metrics.gauge(
      'murmuration_consumer_breaker_open',
      '1 while no record is applied but one at a time to probe.',
      () => (this.isBreakerOpen ? 1 : 0),
    );
  }

  /** None of these fails the service: commands are accepted without them. */
  readonly checks: readonly ComponentCheck[] = [
    { name: 'kafka', vital: false, check: () => this.kafkaHealth() },
    { name: 'consumer', vital: false, check: () => this.consumerHealth() },
    { name: 'relay', vital: false, check: () => this.relayHealth() },
  ];

  /** The topics are there. */
  opened(): void {
    this.isOpen = true;
  }

  /** How to ask whether the consumer is a member of its group. */
  hears(isHearing: () => boolean): void {
    this.isHearing = isHearing;
  }

  /** False while others may have said what was not heard yet, although the consumer is a member of its group. */
  readonly isCaughtUp = (): boolean => this.isHearing() && performance.now() >= this.behindUntilMs;

  readonly ofConsumer: ConsumerListener = {
    batch: ({ topic, applied, duplicates, ignored, stale, parked, events, lagMs }) => {
      this.broker.works();
      this.consumer.works();
      this.metrics.recordsConsumed(topic, 'applied', applied);
      this.metrics.recordsConsumed(topic, 'duplicate', duplicates);
      this.metrics.recordsConsumed(topic, 'ignored', ignored);
      this.metrics.recordsConsumed(topic, 'stale', stale);
      this.metrics.recordsConsumed(topic, 'parked', parked);
      this.metrics.eventsAppended('record', events);
      this.metrics.batchCommitted(topic, lagMs);
      if (lagMs > OLD_MS) this.fallBehind();
    },
    stale: ({ topic, partition, offset, key }, step, reason) =>
      this.logger.debug({ topic, partition, offset, key, step, reason }, 'stale'),
    parked: ({ id, key, kind, step, reason }) =>
      this.logger.error({ id, key: brief(key), kind, step, reason: brief(reason) }, 'parked a record'),
    unparked: (key, topic, partition) =>
      this.logger.info({ key, topic, partition }, 'no record of this key is parked any more'),
    retrying: ({ topic, partition, error, attempt, pauseMs }) => {
      const reason = reasonOf(error);
      if (this.consumer.fails(reason))
        this.logger.warn({ topic, partition, attempt, pauseMs, reason }, 'could not apply records yet');
    },
    breakerOpened: ({ error, keysFailing }) => {
      this.isBreakerOpen = true;
      this.metrics.breakerOpened();
      this.logger.error({ reason: brief(reasonOf(error)), keysFailing }, 'applies nothing but one record at a time');
    },
    breakerClosed: ({ probes }) => {
      this.isBreakerOpen = false;
      this.logger.info({ probes }, 'applies records again');
    },
    wishesFailed: (reason) => this.logger.debug({ reason }, 'could not ask for wishes about parked records'),
    settlingFailed: ({ reason, ...wished }) =>
      this.logger.warn({ ...wished, reason: brief(reason) }, 'could not settle a parked record yet'),
    pruningFailed: (reason) => this.logger.debug({ reason }, 'could not forget what was settled long ago'),
    storingFailed: (error) => {
      const reason = reasonOf(error);
      if (this.consumer.fails(reason)) this.logger.warn({ reason }, 'could not store what was heard yet');
    },
    conflict: (conflict) => this.logger.debug(conflict, 'deciding anew'),
    gapOpened: (gap) => this.logger.info(gap, 'records are missing'),
    gapAlert: (gap) => {
      const what = 'records have been missing for too long';
      this.trouble(gap, originOf(gap), what);
      this.logger.error(gap, what);
    },
    gapClosed: (gap) => void this.troubles.get(placeOf(gap))?.delete(originOf(gap)),
    rewound: ({ topic, partition, link, watermark, offset }) => {
      this.trouble({ topic, partition }, 'rewound', 'the source was rewound');
      this.logger.error(
        { topic, partition, offset, link, watermark },
        'the source was rewound: this topic-partition stands still',
      );
    },
    claimed: (place) => {
      this.broker.works();
      this.troubles.delete(placeOf(place));
      // Nobody knows yet what lies there.
      this.fallBehind();
      this.logger.debug(place, 'claimed');
    },
    fenced: (place) => this.logger.info(place, 'fenced: another process consumes this now'),
    // It is the trouble of whoever consumes it then, who will come upon it too.
    dropped: (place) => void this.troubles.delete(placeOf(place)),
    disconnected: (error) => {
      const reason = reasonOf(error);
      if (this.broker.fails(reason)) this.logger.warn({ reason }, 'the broker is away');
    },
  };

  relayOf(logPartition: number): RelayListener {
    const relay = new Part();
    this.relays.set(logPartition, relay);
    return {
      published: ({ records }) => {
        this.broker.works();
        relay.works();
        this.metrics.recordsPublished(records);
      },
      leading: (leading) => {
        relay.works();
        this.logger.debug({ logPartition, leading }, 'relay');
      },
      failed: (doing, error) => {
        const reason = `${doing}: ${reasonOf(error)}`;
        if (relay.fails(reason)) this.logger.warn({ logPartition, reason }, 'the relay tries again');
      },
    };
  }

  readonly ofAgenda: AgendaListener = {
    retried: (kind, key, next, afterMs, reason) =>
      this.logger.info({ kind, key, next, afterMs, reason }, 'no clear answer'),
    settled: (kind, key, outcome, openedForMs) => {
      this.metrics.effectSettled(kind, outcome, openedForMs);
      if (outcome === 'gave-up') this.logger.error({ kind, key }, 'gave up on an effect');
    },
    stale: (key, rejection) => this.logger.debug({ key, rejection }, 'stale'),
    fired: (key, lateMs) => {
      this.metrics.deadlineFired(key.slice(0, key.indexOf(':')), lateMs);
      this.logger.info({ key, lateMs }, 'a deadline has passed');
    },
    paused: (forMs) => this.logger.info({ forMs }, 'deadlines were pushed back by an outage of our own'),
    failed: (error, doing) => {
      const reason = `${doing}: ${reasonOf(error)}`;
      if (this.agenda.fails(reason)) this.logger.warn({ reason }, 'the agenda tries again');
    },
  };

  private kafkaHealth(): ComponentHealth {
    if (!this.isOpen) return { status: 'down', detail: 'not connected yet' };
    return this.broker.healthWhile(!this.isHearing());
  }

  private relayHealth(): ComponentHealth {
    return (
      [...this.relays.values()].map(({ health }) => health).find(({ status }) => status !== 'up') ?? { status: 'up' }
    );
  }

  private consumerHealth(): ComponentHealth {
    const [trouble] = [...this.troubles.values()].flatMap((troubles) => [...troubles.values()]);
    if (trouble !== undefined) return { status: 'degraded', detail: trouble };
    if (this.isBreakerOpen) return { status: 'down', detail: 'the database is away, or many keys fail together' };
    return this.isHearing() ? this.consumer.health : { status: 'down', detail: 'not a member of its group' };
  }

  private fallBehind(): void {
    this.behindUntilMs = performance.now() + CATCHING_UP_MS;
  }

  private trouble(place: Place, cause: string, what: string): void {
    const troubles = this.troubles.get(placeOf(place)) ?? new Map<string, string>();
    this.troubles.set(placeOf(place), troubles.set(cause, `${placeOf(place)}: ${what}`));
  }
}
