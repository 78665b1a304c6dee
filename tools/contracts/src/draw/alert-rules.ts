import type { Deadline } from '@murmuration/contracts';
import { stringify } from 'yaml';
import { idOf, wordOf, type Choreography } from '../check/choreography';
import { toldDuration } from './duration';

/** How late a deadline may fire before somebody looks at the runner of the agenda. */
const LATE_MAX_S = 60;
/** The part of the backlog's maximum from which on somebody should know. */
const FILLING_FROM = 0.5;
/** How long what waits to be sent may wait while nothing is sent. */
const STILL_MAX_MIN = 10;

const camel = (name: string): string =>
  name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

const awaitedBy = ({ steps }: Choreography, name: string): string =>
  steps
    .flatMap((step) =>
      (step.waits ?? [])
        .filter(({ deadline }) => deadline === name)
        .map((wait) => `${idOf(step)} waits for ${wait.for}`),
    )
    .join('; ');

const series = ({ kind, service, key }: Deadline): string =>
  kind === 'timer'
    ? `murmuration_deadline_late_seconds_count{service="${service}",deadline="${key}"}`
    : `murmuration_effect_duration_seconds_count{service="${service}",outcome="gave-up"}`;

const rule = (choreography: Choreography, deadline: Deadline) => {
  const { name, service, kind, lengthMs, fires } = deadline;
  return {
    alert: `${camel(name)}Fired`,
    expr: `sum by (service) (increase(${series(deadline)}[15m])) > 0`,
    labels: { severity: kind === 'budget' ? 'critical' : 'warning', service, deadline: name },
    annotations: {
      summary: `${service}: {{ $value | humanize }} waits came to no end within ${toldDuration(lengthMs)} (${name})`,
      description: `${awaitedBy(choreography, name)}. When it fires, ${service} says ${fires.map(wordOf).join(' or ')}.`,
    },
  };
};

const late = ({ name, service, key }: Deadline) => ({
  alert: `${camel(name)}FiresLate`,
  expr: `histogram_quantile(0.99, sum by (service, le) (rate(murmuration_deadline_late_seconds_bucket{service="${service}",deadline="${key}"}[15m]))) > ${LATE_MAX_S}`,
  for: '5m',
  labels: { severity: 'warning', service, deadline: name },
  annotations: {
    summary: `${service}: the deadline ${name} is acted on more than ${LATE_MAX_S} s late`,
    description: 'Either nobody runs the agenda of this service, or more deadlines are due than it gets done.',
  },
});

const ASK =
  'Ask /health/ready of {{ $labels.service }} for kafka and relay: they say whether the broker is away, or refuses what is sent.';

/** Of whatever waits to be sent, in each service that announces anything. */
const BACKLOG = [
  {
    alert: 'BacklogFull',
    expr: 'max by (service) (murmuration_backlog_full) > 0',
    labels: { severity: 'critical' },
    annotations: {
      summary: '{{ $labels.service }}: nothing new is taken on, because too many events wait to be sent',
      description: `${ASK} Bring the brokers back, and it opens by itself once a tenth is sent; what has begun goes on meanwhile. Raise UNSENT_EVENTS_MAX only if the disk of its database has room for a kibibyte for each event more.`,
    },
  },
  {
    alert: 'BacklogFilling',
    expr: `max by (service) (murmuration_relay_lag_events / murmuration_relay_lag_events_max) > ${FILLING_FROM}`,
    for: '1m',
    labels: { severity: 'warning' },
    annotations: {
      summary:
        '{{ $labels.service }}: {{ $value | humanizePercentage }} of the events that may wait to be sent are waiting',
      description: `${ASK} At 100 % nothing new is taken on. Bring the brokers back before that, or, if the disk of its database has room for a kibibyte for each event more, raise UNSENT_EVENTS_MAX.`,
    },
  },
  {
    alert: 'RelayStandsStill',
    expr: `max by (service) (min_over_time(murmuration_relay_lag_events[${STILL_MAX_MIN}m])) > 0 unless sum by (service) (increase(murmuration_relay_published_total[${STILL_MAX_MIN}m])) > 0`,
    for: '1m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `{{ $labels.service }}: {{ $value | humanize }} events have waited to be sent for ${STILL_MAX_MIN} minutes, and none was sent`,
      description: `${ASK} After a rollout, compare KAFKA_BROKERS with the address of the brokers: a service starts without them.`,
    },
  },
];

/**
 * Prometheus alert rules: for each deadline one that it fires, for each that is stored one that it fires late, and those of what
 * waits to be sent.
 */
export const alertRules = (choreography: Choreography): string =>
  `# Drawn from libs/contracts by \`npm run contracts -- draw\`. Do not edit.\n${stringify(
    {
      groups: [
        {
          name: 'murmuration-deadlines',
          rules: choreography.deadlines.map((deadline) => rule(choreography, deadline)),
        },
        {
          name: 'murmuration-agenda',
          rules: choreography.deadlines.filter(({ kind }) => kind === 'timer').map(late),
        },
        { name: 'murmuration-backlog', rules: BACKLOG },
      ],
    },
    { lineWidth: 0 },
  )}`;
