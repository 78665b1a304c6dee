import { contractOf } from '@murmuration/contracts';
import { announce } from './announcements';
import {
  cancellationRequested,
  completed,
  customerId,
  declinedEnd,
  delivered,
  discarded,
  drafted,
  forced,
  heard,
  later,
  now,
  orderId,
  overdue,
  rejected,
  resolvedAs,
  retried,
  submitted,
  tea,
} from './order.fixture';

describe('orders announces', () => {
  it.each([
    [submitted, 'orders.order-submitted.v1'],
    [cancellationRequested, 'orders.order-cancellation-requested.v1'],
    [completed, 'orders.order-completed.v1'],
    [delivered, 'orders.order-delivered.v1'],
    [rejected, 'orders.order-rejected.v1'],
    [declinedEnd, 'orders.order-cancelled.v1'],
    [
      { type: 'OrderCancelled', orderId, reason: 'customer-requested', cancelledAt: later },
      'orders.order-cancelled.v1',
    ],
    [
      { type: 'OrderNeedsAttention', orderId, source: 'deadline', reason: 'silence', since: later },
      'orders.order-needs-attention.v1',
    ],
    [overdue, 'orders.order-needs-attention.v1'],
    [retried, 'orders.order-attention-handled.v1'],
    [forced, 'orders.order-attention-handled.v1'],
    [resolvedAs('completed'), 'orders.order-attention-handled.v1'],
    [{ type: 'CustomerSuspended', customerId, reason: 'chargeback', suspendedAt: now }, 'orders.customer-suspended.v1'],
  ] as const)('%j as it is, and keeps to the contract', (event, name) => {
    const said = announce(event);
    expect(said?.name).toBe(name);
    expect(contractOf(name)?.schema.parse(said?.data)).toEqual(said?.data);
  });

  it('all that the others need with a submitted order', () => {
    const { type: _, ...order } = submitted;
    expect(announce(submitted)?.data).toEqual(order);
  });

  it.each([
    drafted,
    discarded,
    { type: 'OrderLineAdded', orderId, ...tea, addedAt: now } as const,
    { type: 'OrderLineQuantityChanged', orderId, sku: tea.sku, quantity: 2, changedAt: now } as const,
    { type: 'OrderLineRemoved', orderId, sku: tea.sku, removedAt: now } as const,
    heard('stock-reserved'),
  ])('nothing of $type', (event) => {
    expect(announce(event)).toBeUndefined();
  });
});
