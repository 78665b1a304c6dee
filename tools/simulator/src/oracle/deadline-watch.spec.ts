import type { Heard } from '@murmuration/contracts';
import type { Order, OrdersEvent } from '@murmuration/domain-orders';
import type { StoredEvent } from '@murmuration/event-store';
import { epochMs, instant, plusMs, type Instant } from '@murmuration/kernel';
import { watchDeadlines } from './deadline-watch';
import { words } from './words';

const ORDER = 'o-1';
const START = instant('2026-03-01T09:00:00.000Z');
const MINUTE_MS = 60_000;
const SILENT = { type: 'OrderNeedsAttention', orderId: ORDER, source: 'deadline' } as OrdersEvent; // because nothing else of it is read

const minutes = (count: number): Instant => plusMs(START, count * MINUTE_MS);
const orderUntil = (deadlineAt: Instant): Order => ({ stage: 'placed', deadlineAt }) as Order; // as above
const storedAt = (recordedAt: Instant): StoredEvent => ({ recordedAt }) as StoredEvent; // as above

const watch = (punctualFrom = START) => {
  const findings: string[] = [];
  const deadlines = watchDeadlines(words(), epochMs(punctualFrom), (_, subject) => void findings.push(subject));
  return { deadlines, findings };
};

/** An order that was given until then a moment before is acted on at the instant. */
const foundWhen = (until: Instant, actedAt: Instant, punctualFrom?: Instant): boolean => {
  const { deadlines, findings } = watch(punctualFrom);
  deadlines.now(ORDER, orderUntil(until), plusMs(until, -1_000));
  deadlines.stored(SILENT, orderUntil(until), storedAt(actedAt));
  return findings.length > 0;
};

describe('the time of an order', () => {
  it('is not up before its deadline', () => expect(foundWhen(minutes(5), minutes(4))).toBe(true));

  it('is up soon after its deadline', () => {
    expect(foundWhen(minutes(5), minutes(5))).toBe(false);
    expect(foundWhen(minutes(5), minutes(6))).toBe(false);
    expect(foundWhen(minutes(5), minutes(7))).toBe(true);
  });

  it('may be up later as long as anything keeps the flock from acting', () =>
    expect(foundWhen(minutes(5), minutes(20), minutes(19))).toBe(false));

  it('begins anew with another deadline, even one that lies in the past', () => {
    const { deadlines, findings } = watch();
    deadlines.now(ORDER, orderUntil(minutes(1)), START);
    deadlines.now(ORDER, orderUntil(minutes(2)), minutes(10));
    deadlines.stored(SILENT, orderUntil(minutes(2)), storedAt(minutes(10)));
    expect(findings).toEqual([]);
  });

  it('is not what moves an order on that nothing keeps from its end, unless a person was called', () => {
    const wait = (...names: readonly string[]): readonly string[] => {
      const told = words();
      const findings: string[] = [];
      const deadlines = watchDeadlines(told, epochMs(START), (_, __, finding) => void findings.push(finding));
      for (const name of names) told.hear({ name, subject: ORDER } as Heard); // as above
      deadlines.now(ORDER, orderUntil(minutes(1)), START);
      deadlines.stored(SILENT, orderUntil(minutes(1)), storedAt(minutes(1)));
      return findings;
    };
    expect(wait()).toEqual(['stood still for 60000 ms, and only its deadline moved it on']);
    expect(wait('payments.payment-needs-attention.v1')).toEqual([]);
  });

  it('may be slept through once all has come to rest', () => {
    const { deadlines, findings } = watch();
    deadlines.now(ORDER, orderUntil(minutes(5)), START);
    deadlines.rested();
    deadlines.stored(SILENT, orderUntil(minutes(5)), storedAt(minutes(35)));
    expect(findings).toEqual([]);
  });
});

describe('the hold of stock', () => {
  it('is said to have expired soon after its time, and not before', () => {
    const reserved = { name: 'inventory.stock-reserved.v1', subject: ORDER, time: START };
    const told = words();
    const findings: string[] = [];
    const deadlines = watchDeadlines(told, epochMs(START), (_, __, finding) => void findings.push(finding));
    told.hear({ ...reserved, data: { heldUntil: minutes(5) } } as Heard); // as above
    for (const at of [4, 5, 7])
      deadlines.heard({ name: 'inventory.stock-hold-expired.v1', subject: ORDER, time: minutes(at) } as Heard); // as above
    expect(findings).toHaveLength(2);
  });
});
