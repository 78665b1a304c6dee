import Table from 'cli-table3';
import type { Checked } from './index';

const FEW = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

const outcomesOf = ({ outcomes }: Checked): string =>
  [...outcomes].map(([outcome, count]) => `${FEW.format(count)} ${outcome}`).join('\n');

/** What was explored, as a table for people: a row for each search, and how many states at rest there are of each kind. */
export const modelCheckTable = (checks: readonly Checked[]): string => {
  const table = new Table({
    head: ['scenario', 'states', 'transitions', 'all of them', 'states at rest', 'seconds'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const checked of checks)
    table.push([
      checked.scenario,
      FEW.format(checked.states),
      FEW.format(checked.transitions),
      checked.isExhaustive ? 'yes' : 'no',
      outcomesOf(checked),
      FEW.format(checked.seconds),
    ]);
  return table.toString();
};
