import { unreachable, type Agenda, type AgendaChange } from '@murmuration/kernel';
import type { OrdersCommand, OrdersEvent } from './model';

const DEADLINE = 'order-deadline:';

/** The key of an order's one end-to-end deadline. */
export const deadlineKey = (orderId: string): string => `${DEADLINE}${orderId}`;

const changesOf = (event: OrdersEvent): readonly AgendaChange<never>[] => {
  switch (event.type) {
    case 'OrderSubmitted':
    case 'OrderCancellationRequested':
      return [{ type: 'deadline-set', key: deadlineKey(event.orderId), dueAt: event.deadlineAt }];
    case 'OrderCompleted':
    case 'OrderRejected':
    case 'OrderCancelled':
      return [{ type: 'deadline-cleared', key: deadlineKey(event.orderId) }];
    case 'OrderNeedsAttention':
      // A service that gave up does not end the wait: the deadline may still bring the order back.
      return event.source === 'deadline' ? [{ type: 'deadline-cleared', key: deadlineKey(event.orderId) }] : [];
    case 'OrderDrafted':
    case 'OrderLineAdded':
    case 'OrderLineQuantityChanged':
    case 'OrderLineRemoved':
    case 'OrderDiscarded':
    case 'OrderFactHeard':
    case 'OrderDelivered':
    case 'CustomerRegistered':
    case 'CustomerSuspended':
    case 'CustomerReactivated':
      return [];
    default:
      return unreachable(event);
  }
};

/** Orders makes no external calls; it only waits, and not for ever. */
export const ordersAgenda: Agenda<OrdersEvent, OrdersCommand, never, never> = {
  changesOf,
  settle: ({ effect }) => unreachable(effect),
  fire: ({ key, dueAt }, now) => ({ type: 'EnforceDeadline', orderId: key.slice(DEADLINE.length), dueAt, now }),
};
