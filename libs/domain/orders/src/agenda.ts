import { customerAgenda, type SendCode } from '@murmuration/domain-customers';
import { unreachable, type Agenda, type AgendaChange } from '@murmuration/kernel';
import type { OrdersCommand, OrdersEvent } from './model';
import type { OrderEvent } from './order.messages';

const DEADLINE = 'order-deadline:';

/** The key of an order's one end-to-end deadline. */
export const deadlineKey = (orderId: string): string => `${DEADLINE}${orderId}`;

const changesOfOrder = (event: OrderEvent): readonly AgendaChange<never>[] => {
  switch (event.type) {
    case 'OrderSubmitted':
    case 'OrderCancellationRequested':
    case 'OrderAttentionRetried':
    case 'OrderCancellationForced':
      return [{ type: 'deadline-set', key: deadlineKey(event.orderId), dueAt: event.deadlineAt }];
    case 'OrderCompleted':
    case 'OrderRejected':
    case 'OrderCancelled':
      return [{ type: 'deadline-cleared', key: deadlineKey(event.orderId) }];
    case 'OrderNeedsAttention':
      // A service that gave up does not end the wait: the deadline may still bring the order back.
      return event.source === 'deadline' ? [{ type: 'deadline-cleared', key: deadlineKey(event.orderId) }] : [];
    // Its end, in the same append, clears the deadline.
    case 'OrderAttentionResolved':
    case 'OrderDrafted':
    case 'OrderLineAdded':
    case 'OrderLineQuantityChanged':
    case 'OrderLineRemoved':
    case 'OrderDiscarded':
    case 'OrderFactHeard':
    case 'OrderDelivered':
      return [];
    default:
      return unreachable(event);
  }
};

export type OrdersEffect = SendCode;

/** Orders waits for the others, and not for ever; it calls nobody but those who carry a code to a customer. */
export const ordersAgenda: Agenda<OrdersEvent, OrdersCommand, OrdersEffect, unknown> = {
  changesOf: (event) => ('orderId' in event ? changesOfOrder(event) : customerAgenda.changesOf(event)),
  settle: customerAgenda.settle,
  fire: ({ key, dueAt }, now) => ({ type: 'EnforceDeadline', orderId: key.slice(DEADLINE.length), dueAt, now }),
};
