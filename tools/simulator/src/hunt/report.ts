import Table from 'cli-table3';
import { FAULT_NAMES } from '../faults/faults';
import { RARE_STATES, timesReached } from './rare-states';
import type { Totals } from './totals';

const tableOf = (head: readonly string[], rows: readonly (readonly [string, number])[]): string => {
  const table = new Table({ head: [...head], style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  table.push(...rows.map(([name, count]) => [name, count]));
  return table.toString();
};

/** Faults injected, outcomes reached and rare states covered. */
export const reportOf = (totals: Totals): string => {
  const faults = FAULT_NAMES.map((name) => [name, totals.faults().get(name) ?? 0] as const);
  const outcomes = [...totals.statuses()].sort(([left], [right]) => left.localeCompare(right));
  const rare = RARE_STATES.map((state) => [state.name, timesReached(state, totals.happened())] as const);
  return [
    tableOf(['fault injected', 'times'], faults),
    tableOf(['orders ended as', 'orders'], outcomes),
    tableOf(['rare state', 'times'], rare),
  ].join('\n');
};

/** What these runs never came to, and so say nothing about. */
export const neverReached = (totals: Totals): readonly string[] => [
  ...FAULT_NAMES.filter((name) => (totals.faults().get(name) ?? 0) === 0),
  ...RARE_STATES.filter((state) => timesReached(state, totals.happened()) === 0).map(({ name }) => name),
];
