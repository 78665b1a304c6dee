import { customerShapes } from '@murmuration/domain-customers';
import type { StoredShapes } from '@murmuration/kernel';
import type { OrdersEvent } from './model';

/** The version of each event's stored shape; an older one is lifted by upcasters when it is read. */
export const ordersShapes: StoredShapes<OrdersEvent> = {
  OrderDrafted: { version: 1 },
  OrderLineAdded: { version: 1 },
  OrderLineQuantityChanged: { version: 1 },
  OrderLineRemoved: { version: 1 },
  OrderDiscarded: { version: 1 },
  OrderSubmitted: { version: 1 },
  OrderFactHeard: { version: 1 },
  OrderCancellationRequested: { version: 1 },
  OrderNeedsAttention: { version: 1 },
  OrderAttentionRetried: { version: 1 },
  OrderCancellationForced: { version: 1 },
  OrderAttentionResolved: { version: 1 },
  OrderCompleted: { version: 1 },
  OrderDelivered: { version: 1 },
  OrderRejected: { version: 1 },
  OrderCancelled: { version: 1 },
  ...customerShapes,
};
