import { DEADLINES, STEPS, type Step } from '@murmuration/contracts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CommandOutcome } from '../commands/execute';

const HTTP_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LAG_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Well within the time that Prometheus gives a whole scrape. */
const READ_MAX_MS = 2_000;

const timersOf = (service: string): readonly string[] =>
  DEADLINES.filter((deadline) => deadline.service === service && deadline.kind === 'timer').map(({ key }) => key);

const callsOf = (service: string): ReadonlySet<string> =>
  new Set(
    Object.values<readonly Step[]>(STEPS)
      .flat()
      .filter((step) => step.service === service)
      .flatMap(({ effects = [] }) => effects.map(({ call }) => call)),
  );

/** What a service counts of itself, as Prometheus reads it. */
export class Metrics {
  readonly registry = new Registry();

  private readonly http = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the request to the end of its answer, by route as declared.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: HTTP_BUCKETS_S,
    registers: [this.registry],
  });
  private readonly commands = new Counter({
    name: 'murmuration_commands_total',
    help: 'Commands that came by REST, by how they ended.',
    labelNames: ['command', 'outcome'] as const,
    registers: [this.registry],
  });
  private readonly appended = new Counter({
    name: 'murmuration_events_appended_total',
    help: 'Events stored, by what led to them: a command, a heard event or the agenda.',
    labelNames: ['by'] as const,
    registers: [this.registry],
  });
  private readonly published = new Counter({
    name: 'murmuration_relay_published_total',
    help: 'Records that the relay sent and the broker acknowledged.',
    registers: [this.registry],
  });
  private readonly consumed = new Counter({
    name: 'murmuration_consumer_records_total',
    help: 'Records read, by what became of them.',
    labelNames: ['topic', 'outcome'] as const,
    registers: [this.registry],
  });
  private readonly consumerLag = new Histogram({
    name: 'murmuration_consumer_lag_seconds',
    help: 'From the timestamp of the newest record of a batch to its commit.',
    labelNames: ['topic'] as const,
    buckets: LAG_BUCKETS_S,
    registers: [this.registry],
  });

  private readonly breaker = new Counter({
    name: 'murmuration_consumer_breaker_opened_total',
    help: 'How often the consumer stopped applying records because its database was away or many keys failed together.',
    registers: [this.registry],
  });
  private readonly effects = new Histogram({
    name: 'murmuration_effect_duration_seconds',
    help: 'From the intent of an external call to its outcome.',
    labelNames: ['kind', 'outcome'] as const,
    buckets: LAG_BUCKETS_S,
    registers: [this.registry],
  });

  private readonly deadlines = new Histogram({
    name: 'murmuration_deadline_late_seconds',
    help: 'Deadlines that ended a wait, by name: from the instant that was due to when it was acted on.',
    labelNames: ['deadline'] as const,
    buckets: LAG_BUCKETS_S,
    registers: [this.registry],
  });

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    // A series that comes up at 1 shows Prometheus no increase, so what alerts watch is there from the start.
    for (const deadline of timersOf(service)) this.deadlines.zero({ deadline });
    for (const kind of callsOf(service)) this.effects.zero({ kind, outcome: 'gave-up' });
  }

  readonly answered = (method: string, route: string, status: number, durationMs: number): void => {
    this.http.observe({ method, route, status }, durationMs / 1_000);
  };

  readonly commandEnded = (command: string, outcome: CommandOutcome, events: number): void => {
    this.commands.inc({ command, outcome });
    if (events > 0) this.appended.inc({ by: 'command' }, events);
  };

  readonly eventsAppended = (by: 'record' | 'agenda', events: number): void => this.appended.inc({ by }, events);

  readonly recordsPublished = (records: number): void => this.published.inc(records);

  readonly recordsConsumed = (topic: string, outcome: string, records: number): void => {
    if (records > 0) this.consumed.inc({ topic, outcome }, records);
  };

  readonly batchCommitted = (topic: string, lagMs: number): void => this.consumerLag.observe({ topic }, lagMs / 1_000);

  readonly breakerOpened = (): void => this.breaker.inc();

  readonly effectSettled = (kind: string, outcome: string, durationMs: number): void =>
    this.effects.observe({ kind, outcome }, durationMs / 1_000);

  readonly deadlineFired = (deadline: string, lateMs: number): void =>
    this.deadlines.observe({ deadline }, lateMs / 1_000);

  /**
   * A figure that is asked for whenever Prometheus comes by; one that cannot be told, or not within `maxMs`, shows as NaN and
   * spoils no other.
   */
  gauge(name: string, help: string, read: () => Promise<number> | number, maxMs = READ_MAX_MS): void {
    const collect = async (): Promise<void> => {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<number>((resolve) => {
        timer = setTimeout(() => resolve(Number.NaN), maxMs);
      });
      const told = Promise.resolve()
        .then(read)
        .catch(() => Number.NaN);
      gauge.set(await Promise.race([told, limit]));
      clearTimeout(timer);
    };
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect });
  }
}
