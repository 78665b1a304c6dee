import Table from 'cli-table3';
import pc from 'picocolors';
import type { Timeline } from './flock-client';
import type { Ending, Outcome } from './run-demo';

export type Percentiles = { readonly p50: number; readonly p95: number; readonly p99: number; readonly count: number };

/** Nearest-rank percentiles, in the unit of the values. */
export const percentiles = (values: readonly number[]): Percentiles => {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), count: sorted.length };
};

const label = ({ status, reason, detail }: Ending | Outcome['expected']): string =>
  [status, reason, detail].filter((part) => part !== undefined).join(' · ');

const byExpectation = (outcomes: readonly Outcome[]): Map<string, Outcome[]> => {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = label(outcome.expected);
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return groups;
};

/** One row for each expected outcome: how many, how many ended so, and how long it took. */
export const outcomeTable = (outcomes: readonly Outcome[]): string => {
  const table = new Table({
    head: ['expected', 'orders', 'as expected', 'otherwise', 'p50 ms', 'p95 ms', 'p99 ms'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'right'],
  });
  for (const [expected, group] of [...byExpectation(outcomes)].sort(([left], [right]) => left.localeCompare(right))) {
    const strays = group.filter(({ asExpected }) => !asExpected);
    const { p50, p95, p99, count } = percentiles(group.flatMap(({ durationMs }) => durationMs ?? []));
    const figures = count === 0 ? ['–', '–', '–'] : [p50, p95, p99].map(String);
    const otherwise = [...new Set(strays.map(({ actual }) => label(actual)))].join('; ') || '–';
    table.push([expected, group.length, group.length - strays.length, otherwise, ...figures]);
  }
  return table.toString();
};

type OrderTimeline = Timeline & { readonly orderId: string };

/** The events of one saga in the order in which they happened, with the time since the first. */
export const timelineText = ({ orderId, entries }: OrderTimeline): string => {
  const [first] = entries;
  const rows = entries.map(({ time, service, event, meaning }) => {
    const sinceMs = first === undefined ? 0 : Date.parse(time) - Date.parse(first.time);
    return `  ${pc.dim(`+${String(sinceMs).padStart(5)} ms`)}  ${service.padEnd(10)} ${event.padEnd(30)} ${pc.dim(meaning)}`;
  });
  return [`How order ${orderId} was undone:`, ...rows].join('\n');
};

const overallOf = (outcomes: readonly Outcome[]): Percentiles =>
  percentiles(outcomes.flatMap(({ durationMs }) => durationMs ?? []));

const straysOf = (outcomes: readonly Outcome[]): readonly Outcome[] => outcomes.filter(({ asExpected }) => !asExpected);

/** One order that did not end as the file says. */
export const strayText = ({ ref, orderId, expected, actual }: Outcome): string =>
  `${pc.red('✗')} ${ref} (${orderId ?? 'no order'}): expected ${label(expected)}, got ${label(actual)}`;

/** The result for somebody who reads it. */
export const textReport = (outcomes: readonly Outcome[], timeline: OrderTimeline | undefined): string => {
  const { p50, p95, p99, count } = overallOf(outcomes);
  const strays = straysOf(outcomes);
  return [
    '',
    outcomeTable(outcomes),
    `From submit to the final state: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms over ${count} orders.`,
    pc.dim('A delivered order includes the carrier: one second to the hand-over, one more to the door.'),
    '',
    ...(timeline === undefined ? [] : [timelineText(timeline), '']),
    ...strays.map(strayText),
    strays.length === 0
      ? `${pc.green('✓')} All ${outcomes.length} orders ended as the file says.`
      : `${strays.length} of ${outcomes.length} orders did not end as the file says.`,
    '',
  ].join('\n');
};

/** The result for a program: `{orders, asExpected, durationMs, outcomes, timeline}`. */
export const jsonReport = (outcomes: readonly Outcome[], timeline: OrderTimeline | undefined): string => {
  const asExpected = outcomes.length - straysOf(outcomes).length;
  const result = { orders: outcomes.length, asExpected, durationMs: overallOf(outcomes), outcomes, timeline };
  return `${JSON.stringify(result, null, 2)}\n`;
};
