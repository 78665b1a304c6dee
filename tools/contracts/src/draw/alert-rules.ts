import type { Deadline } from '@murmuration/contracts';
import { stringify } from 'yaml';
import { idOf, wordOf, type Choreography } from '../check/choreography';
import { toldDuration } from './duration';

/** How late a deadline may fire before somebody looks at the runner of the agenda. */
const LATE_MAX_S = 60;

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

/** Prometheus alert rules: for each deadline one that it fires, and for each that is stored one that it fires late. */
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
      ],
    },
    { lineWidth: 0 },
  )}`;
