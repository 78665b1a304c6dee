import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoError } from './demo-error';
import { readOrders, readStock } from './orders-file';

const EXAMPLES = join(__dirname, '../../../examples');

const order = {
  ref: 'demo-1',
  customerId: 'c-1',
  currency: 'EUR',
  lines: [{ sku: 'KETTLE', quantity: 2, unitPriceMinor: 1_999 }],
  shipTo: { name: 'Ada', street: 'Rue Burdeau 75', city: 'Lyon', postalCode: '69001', country: 'FR' },
  paymentToken: 'tok_ok',
  expect: { status: 'delivered' },
};

describe('a file of orders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-file-'));
  const file = join(folder, 'orders.jsonl');
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the file with these lines is refused with. */
  const refusal = (...lines: readonly unknown[]): string => {
    writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    try {
      readOrders(file);
    } catch (error) {
      expect(error).toBeInstanceOf(DemoError);
      return (error as DemoError).message;
    }
    throw new Error('the file was accepted');
  };

  it('is read line by line, and empty lines are passed over', () => {
    writeFileSync(file, `${JSON.stringify(order)}\r\n\n${JSON.stringify({ ...order, ref: 'demo-2' })}\n`);
    expect(readOrders(file).map(({ ref }) => ref)).toEqual(['demo-1', 'demo-2']);
  });

  it('is refused by file and line when a line is not JSON', () => {
    expect(refusal(order, '{"ref": ')).toMatch(new RegExp(`^${file}:2: not JSON \\(`));
  });

  it.each([
    ['lines.0.quantity', { lines: [{ ...order.lines[0], quantity: 0 }] }],
    ['lines.0.quantity', { lines: [{ ...order.lines[0], quantity: 1.5 }] }],
    ['lines.0.unitPriceMinor', { lines: [{ ...order.lines[0], unitPriceMinor: -1 }] }],
    ['lines', { lines: [] }],
    ['currency', { currency: 'XYZ' }],
    ['customerId', { customerId: undefined }],
    ['shipTo.country', { shipTo: { ...order.shipTo, country: 'France' } }],
    ['expect.status', { expect: { status: 'lost' } }],
    ['cancel', { cancel: 'later' }],
  ])('is refused by file, line and field when %s does not fit', (field, wrong) => {
    expect(refusal(order, { ...order, ref: 'demo-2', ...wrong }).startsWith(`${file}:2: ${field}: `)).toBe(true);
  });

  it('is refused by the name of a field that nobody knows', () => {
    expect(refusal({ ...order, colour: 'red' })).toMatch(/:1: .*"colour"/);
  });

  it('is refused when a line is no object at all', () => {
    expect(refusal('17')).toMatch(/:1: line: /);
  });

  it('is refused when two lines have one ref', () => {
    expect(refusal(order, order)).toBe(`${file}:2: demo-1 was used on line 1 already`);
  });

  it('is refused when it has no lines', () => {
    expect(refusal('', '')).toBe(`${file} has no lines`);
  });

  it('is refused when it is not there, or is a folder', () => {
    expect(() => readOrders(join(folder, 'nowhere'))).toThrow(`${join(folder, 'nowhere')} cannot be read (ENOENT)`);
    expect(() => readStock(folder)).toThrow(`${folder} cannot be read (EISDIR)`);
  });
});

describe('the example files', () => {
  const orders = readOrders(join(EXAMPLES, 'orders.jsonl'));
  const stock = new Map(readStock(join(EXAMPLES, 'stock.jsonl')).map(({ sku, quantity }) => [sku, quantity]));

  it('have at least 200 orders over 40 products in several currencies', () => {
    expect(orders.length).toBeGreaterThanOrEqual(200);
    expect(stock.size).toBe(40);
    expect(new Set(orders.map(({ currency }) => currency)).size).toBeGreaterThan(2);
  });

  it('have cases for every outcome', () => {
    const outcomes = new Set(orders.map(({ expect: { status, reason } }) => [status, reason].join(' ').trim()));
    expect([...outcomes].sort()).toEqual([
      'cancelled customer-requested',
      'cancelled payment-declined',
      'cancelled shipment-refused',
      'delivered',
      'refused CustomerSuspended',
      'rejected out-of-stock',
      'rejected unknown-sku',
    ]);
  });

  it('expect a refusal for want of stock only where there is too little', () => {
    for (const { ref, lines, expect: expected } of orders) {
      const isShort = lines.some(({ sku, quantity }) => quantity > (stock.get(sku) ?? Number.POSITIVE_INFINITY));
      expect({ ref, isShort }).toEqual({ ref, isShort: expected.reason === 'out-of-stock' });
    }
  });
});
