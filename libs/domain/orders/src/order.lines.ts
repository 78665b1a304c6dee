import { AMOUNT_MINOR_MAX, ORDER_LINES_MAX, QUANTITY_MAX, type OrderLine } from '@murmuration/contracts';
import { accept, reject, type Decision } from '@murmuration/kernel';
import type { OrderRejection } from './order.messages';

/** Adds to the line of the same SKU, if there is one. */
export const withLine = (lines: readonly OrderLine[], added: OrderLine): readonly OrderLine[] => {
  if (!lines.some(({ sku }) => sku === added.sku)) return [...lines, added];
  return lines.map((line) => (line.sku === added.sku ? { ...line, quantity: line.quantity + added.quantity } : line));
};

export const withoutLine = (lines: readonly OrderLine[], removed: string): readonly OrderLine[] =>
  lines.filter(({ sku }) => sku !== removed);

export const totalOf = (lines: readonly OrderLine[]): number =>
  lines.reduce((total, { quantity, unitPriceMinor }) => total + quantity * unitPriceMinor, 0);

/** One line per SKU, each within its bounds and all of them together too; or the first reason why not. */
export const mergeLines = (lines: readonly OrderLine[]): Decision<OrderLine, OrderRejection> => {
  const merged = new Map<string, OrderLine>();
  for (const line of lines) {
    const known = merged.get(line.sku);
    if (known !== undefined && known.unitPriceMinor !== line.unitPriceMinor)
      return reject({ type: 'LinePriceDiffers', sku: line.sku, unitPriceMinor: known.unitPriceMinor });
    merged.set(line.sku, known === undefined ? line : { ...line, quantity: known.quantity + line.quantity });
  }
  return withinBounds([...merged.values()]);
};

const withinBounds = (lines: readonly OrderLine[]): Decision<OrderLine, OrderRejection> => {
  if (lines.length > ORDER_LINES_MAX) return reject({ type: 'TooManyLines', max: ORDER_LINES_MAX });
  for (const { sku, quantity, unitPriceMinor } of lines) {
    if (!isCount(quantity, 1, QUANTITY_MAX))
      return reject({ type: 'LineOutOfBounds', sku, field: 'quantity', min: 1, max: QUANTITY_MAX });
    if (!isCount(unitPriceMinor, 0, AMOUNT_MINOR_MAX))
      return reject({ type: 'LineOutOfBounds', sku, field: 'unitPriceMinor', min: 0, max: AMOUNT_MINOR_MAX });
  }
  if (totalOf(lines) > AMOUNT_MINOR_MAX) return reject({ type: 'OrderTotalOutOfBounds', max: AMOUNT_MINOR_MAX });
  return accept(...lines);
};

const isCount = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;
