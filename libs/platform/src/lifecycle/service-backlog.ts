import { countBacklog, UNSENT_EVENTS_MAX, type Backlog, type BacklogSize } from '@murmuration/messaging';
import type { ComponentCheck, ComponentHealth } from '../health/health';
import type { Logger } from '../logging/logger';
import type { Metrics } from '../metrics/metrics';
import type { ServiceStorage } from './service-storage';

/** How much a service may have stored that the others have not been told. */
export type UnsentEvents = {
  readonly max?: number;
  /** How often they are counted, in milliseconds; once a second by default. */
  readonly everyMs?: number;
};

/** Keeps a service from beginning more than it can tell the others. */
export type ServiceBacklog = Pick<Backlog, 'counted' | 'admit' | 'stop'> & {
  readonly checks: readonly ComponentCheck[];
};

/** Counting alone keeps no process alive. */
const idleTimers = {
  after: (delayMs: number, fire: () => void): (() => void) => {
    const timer = setTimeout(fire, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** Who announces nothing has nothing that could wait to be sent. */
const NOTHING_TO_SEND: ServiceBacklog = {
  counted: Promise.resolve(),
  admit: () => Promise.resolve(),
  stop: () => undefined,
  checks: [],
};

const healthOf = ({ unsent, max, isFull }: BacklogSize): ComponentHealth =>
  isFull
    ? { status: 'degraded', detail: `takes nothing new on: ${unsent} of at most ${max} events wait to be sent` }
    : { status: 'up' };

/** What a service announces waits in its log until the relay has sent it. Begins to count at once. */
export const serviceBacklog = (
  announces: boolean,
  { store, outbox }: Pick<ServiceStorage, 'store' | 'outbox'>,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
  { max = UNSENT_EVENTS_MAX, ...pace }: UnsentEvents = {},
): ServiceBacklog => {
  if (!announces) return NOTHING_TO_SEND;
  const backlog = countBacklog({
    ...{ store, outbox, max, ...pace, clock: idleTimers },
    listener: {
      filled: ({ unsent }) =>
        logger.warn({ unsent, max }, 'takes nothing new on: too many events wait to be sent to the broker'),
      opened: ({ unsent }) => logger.info({ unsent, max }, 'takes new work on again'),
      failed: (error) => logger.debug({ err: error }, 'could not count the events that wait to be sent'),
    },
  });
  metrics.gauge(
    'murmuration_relay_lag_events',
    'Events stored and not yet looked at by the relay, as counted last.',
    () => backlog.size().unsent,
  );
  metrics.gauge('murmuration_relay_lag_events_max', 'So many of them, and nothing new is taken on.', () => max);
  metrics.gauge('murmuration_backlog_full', '1 while nothing new is taken on because too many events wait.', () =>
    backlog.size().isFull ? 1 : 0,
  );
  return {
    ...backlog,
    // Every replica shares the log, and all that reads, finishes or repairs goes on: to send the requests elsewhere helps nobody.
    checks: [{ name: 'backlog', vital: false, check: () => healthOf(backlog.size()) }],
  };
};
