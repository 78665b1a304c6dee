import type { Heard, OrderLine, StockLine } from '@murmuration/contracts';
import { checkLines } from './lines-watch';
import { words } from './words';

const ORDER = 'o-1';
const TWO_OF_ONE: readonly OrderLine[] = [
  { sku: 'TEA', quantity: 1, unitPriceMinor: 890 },
  { sku: 'TEA', quantity: 2, unitPriceMinor: 890 },
];

const heard = (name: string, data: object): Heard => ({ name, subject: ORDER, data }) as Heard; // because nothing else of it is read
const submitted = (lines: readonly OrderLine[], totalMinor: number) =>
  heard('orders.order-submitted.v1', { lines, totalMinor });
const reserved = (...lines: readonly StockLine[]) => heard('inventory.stock-reserved.v1', { lines });

const found = (...said: readonly Heard[]): readonly string[] => {
  const all = words();
  const findings: string[] = [];
  for (const each of said) {
    all.hear(each);
    checkLines(each, all, (invariant, _, finding) => void findings.push(`${invariant}: ${finding}`));
  }
  return findings;
};

describe('the lines of an order', () => {
  it('may be told as one line for each SKU', () =>
    expect(found(submitted(TWO_OF_ONE, 2670), reserved({ sku: 'TEA', quantity: 3 }))).toEqual([]));

  it('are all reserved, with all their units', () => {
    expect(found(submitted(TWO_OF_ONE, 2670), reserved({ sku: 'TEA', quantity: 1 }))).toEqual([
      'I2: is of 3 TEA, and stock-reserved says 1 TEA',
    ]);
    const [tea] = TWO_OF_ONE;
    const mixed = [tea!, { sku: 'MUG', quantity: 1, unitPriceMinor: 1200 }];
    expect(found(submitted(mixed, 2090), reserved({ sku: 'TEA', quantity: 1 }))).toEqual([
      'I2: is of 1 TEA and 1 MUG, and stock-reserved says 1 TEA',
    ]);
  });

  it('cost what the order costs', () =>
    expect(found(submitted(TWO_OF_ONE, 890))).toEqual(['I1: costs 890, and its lines cost 2670']));
});
