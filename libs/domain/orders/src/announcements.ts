import {
  orderAttentionHandled,
  orderCancellationRequested,
  orderCancelled,
  orderCompleted,
  orderDelivered,
  orderNeedsAttention,
  orderRejected,
  orderSubmitted,
  say,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { announceCustomer } from '@murmuration/domain-customers';
import { unreachable } from '@murmuration/kernel';
import type { OrdersEvent } from './model';
import type { OrderEvent } from './order.messages';

/** What the others are told of an event of ours. A draft is nobody else's business, and neither is what we have heard from them. */
export const announce = (event: OrdersEvent): IntegrationEvent | undefined =>
  'orderId' in event ? announceOrder(event) : announceCustomer(event);

const announceOrder = (event: OrderEvent): IntegrationEvent | undefined => {
  const { orderId } = event;
  switch (event.type) {
    case 'OrderSubmitted': {
      const { type: _, lines, ...order } = event;
      return say(orderSubmitted, { ...order, lines: [...lines] });
    }
    case 'OrderCancellationRequested':
      return say(orderCancellationRequested, { orderId, reason: event.reason, requestedAt: event.requestedAt });
    case 'OrderNeedsAttention':
      return say(orderNeedsAttention, {
        ...{ orderId, reason: event.reason, since: event.since },
        ...(event.attention === undefined ? {} : { attention: event.attention }),
      });
    case 'OrderAttentionRetried':
    case 'OrderCancellationForced': {
      const { actor, reason, handledAt, deadlineAt } = event;
      const action = event.type === 'OrderAttentionRetried' ? 'retried' : 'cancellation-forced';
      const attentions = [...event.attentions];
      return say(orderAttentionHandled, { orderId, action, attentions, actor, reason, handledAt, deadlineAt });
    }
    case 'OrderAttentionResolved': {
      const { actor, reason, outcome, resolvedAt: handledAt } = event;
      const attentions = [...event.attentions];
      return say(orderAttentionHandled, { orderId, action: 'resolved', outcome, attentions, actor, reason, handledAt });
    }
    case 'OrderCompleted':
      return say(orderCompleted, { orderId, completedAt: event.completedAt });
    case 'OrderDelivered':
      return say(orderDelivered, { orderId, deliveredAt: event.deliveredAt });
    case 'OrderRejected': {
      const { reason, skus, rejectedAt } = event;
      return say(orderRejected, { orderId, reason, skus: [...skus], rejectedAt });
    }
    case 'OrderCancelled': {
      const { type: _, ...cancelled } = event;
      return say(orderCancelled, cancelled);
    }
    case 'OrderDrafted':
    case 'OrderLineAdded':
    case 'OrderLineQuantityChanged':
    case 'OrderLineRemoved':
    case 'OrderDiscarded':
    case 'OrderFactHeard':
      return undefined;
    default:
      return unreachable(event);
  }
};
