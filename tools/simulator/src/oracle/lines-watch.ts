import type { Heard, StockLine } from '@murmuration/contracts';
import type { Find } from './findings';
import type { Words } from './words';

/** Units by SKU, whatever lines they were told in. */
export const unitsOf = (lines: readonly StockLine[]): ReadonlyMap<string, number> => {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
};

export const isSameUnits = (left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): boolean =>
  left.size === right.size && [...left].every(([sku, quantity]) => right.get(sku) === quantity);

export const showUnits = (units: ReadonlyMap<string, number>): string =>
  [...units].map(([sku, quantity]) => `${quantity} ${sku}`).join(' and ') || 'nothing';

/** Compares what is said of an order's goods and their price to its lines as they were submitted. */
export const checkLines = (heard: Heard, words: Words, find: Find): void => {
  const { name, subject, data } = heard;
  const [order] = words.all(subject, 'orders.order-submitted.v1');
  if (order === undefined) return;
  if (name === 'orders.order-submitted.v1') {
    const total = order.lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
    if (order.totalMinor !== total) find('I1', subject, `costs ${order.totalMinor}, and its lines cost ${total}`);
  }
  if (name !== 'inventory.stock-reserved.v1' && name !== 'inventory.stock-committed.v1') return;
  const wanted = unitsOf(order.lines);
  const told = unitsOf((data as { readonly lines: readonly StockLine[] }).lines); // because the name says so
  if (!isSameUnits(wanted, told))
    find('I2', subject, `is of ${showUnits(wanted)}, and ${name.split('.')[1] ?? name} says ${showUnits(told)}`);
};
