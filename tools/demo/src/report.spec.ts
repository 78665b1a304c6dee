import { jsonReport, outcomeTable, percentiles, textReport } from './report';
import type { Outcome } from './run-demo';

const delivered = (ref: string, durationMs: number): Outcome => ({
  ...{ ref, orderId: `id-${ref}`, durationMs, asExpected: true },
  expected: { status: 'delivered' },
  actual: { status: 'delivered' },
});

const stray: Outcome = {
  ...{ ref: 'demo-9', orderId: 'id-demo-9', asExpected: false },
  expected: { status: 'cancelled', reason: 'payment-declined' },
  actual: { status: 'needs-attention', reason: 'deadline' },
};

const timeline = {
  orderId: 'id-3',
  entries: [
    { time: '2026-01-01T00:00:00.000Z', service: 'orders', event: 'order-submitted', meaning: 'ordered' },
    { time: '2026-01-01T00:00:01.250Z', service: 'orders', event: 'order-cancelled', meaning: 'undone' },
  ],
};

describe('percentiles', () => {
  it('are values that occurred, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, count: 100 });
  });

  it('of one value are that value', () => {
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7, count: 1 });
  });

  it('of nothing are 0, and say so by their count', () => {
    expect(percentiles([])).toEqual({ p50: 0, p95: 0, p99: 0, count: 0 });
  });
});

describe('the report', () => {
  it('has one row for each expected outcome, with what became of the others', () => {
    const rows = outcomeTable([delivered('1', 10), delivered('2', 30), stray]).split('\n');
    expect(rows.find((row) => row.includes('│ delivered'))).toMatch(/│ +2 │ +2 │ – +│ +10 │ +30 │ +30 │/);
    expect(rows.find((row) => row.includes('payment-declined'))).toMatch(/│ +1 │ +0 │ needs-attention · deadline/);
  });

  it('names each order that ended otherwise, and counts them', () => {
    const text = textReport([delivered('1', 10), stray], undefined);
    expect(text).toContain('demo-9 (id-demo-9): expected cancelled · payment-declined, got needs-attention · deadline');
    expect(text).toContain('1 of 2 orders did not end as the file says.');
  });

  it('says so when every order ended as the file says', () => {
    expect(textReport([delivered('1', 10)], undefined)).toContain('All 1 orders ended as the file says.');
  });

  it('tells how one order was undone, with the time since its first event', () => {
    const text = textReport([delivered('1', 10)], timeline);
    expect(text).toContain('How order id-3 was undone:');
    expect(text).toMatch(/\+ 1250 ms.* orders +order-cancelled/);
  });

  it('is one JSON document for a program', () => {
    expect(JSON.parse(jsonReport([delivered('1', 10), stray], timeline))).toEqual({
      ...{ orders: 2, asExpected: 1, durationMs: { p50: 10, p95: 10, p99: 10, count: 1 } },
      ...{ outcomes: [delivered('1', 10), stray], timeline },
    });
  });
});
