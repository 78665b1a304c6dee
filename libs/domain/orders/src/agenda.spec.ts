import { ordersAgenda } from './agenda';
import {
  cancellationRequested,
  completed,
  deadlineAt,
  declinedEnd,
  delivered,
  drafted,
  forced,
  heard,
  later,
  laterDeadlineAt,
  orderId,
  rejected,
  resolvedAs,
  retried,
  submitted,
} from './order.fixture';

const key = 'order-deadline:o-1';
const { changesOf, fire } = ordersAgenda;

describe('the agenda of orders', () => {
  it('waits for the end of every order that was submitted', () => {
    expect(changesOf(submitted)).toEqual([{ type: 'deadline-set', key, dueAt: deadlineAt }]);
  });
  it.each([cancellationRequested, retried, forced])('waits anew after $type', (event) => {
    expect(changesOf(event)).toEqual([{ type: 'deadline-set', key, dueAt: laterDeadlineAt }]);
  });
  it.each([completed, rejected, declinedEnd])('waits no longer after $type', (event) => {
    expect(changesOf(event)).toEqual([{ type: 'deadline-cleared', key }]);
  });
  it('waits on when a service gave up, and no longer when the deadline itself has called a person', () => {
    const needsAttention = { type: 'OrderNeedsAttention', orderId, reason: 'silence', since: later } as const;
    expect(changesOf({ ...needsAttention, source: 'payments' })).toEqual([]);
    expect(changesOf({ ...needsAttention, source: 'deadline' })).toEqual([{ type: 'deadline-cleared', key }]);
  });
  it.each([drafted, heard('stock-reserved'), delivered, resolvedAs('completed')])(
    'takes no notice of $type',
    (event) => {
      expect(changesOf(event)).toEqual([]);
    },
  );
  it('looks at the order again when the deadline fires', () => {
    expect(fire({ key, dueAt: deadlineAt }, later)).toEqual({
      type: 'EnforceDeadline',
      orderId,
      dueAt: deadlineAt,
      now: later,
    });
  });
});
