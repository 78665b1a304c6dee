import type { IntegrationData, OperatorWord, OrderLine, ShipTo } from '@murmuration/contracts';
import type { Currency, Instant } from '@murmuration/kernel';
import type { OrderFact } from './order.facts';

export const orderStream = (orderId: string): string => `order-${orderId}`;

/** How long an order may take from submit to its end, and once more after it was asked to be cancelled for that. */
export const ORDER_DEADLINE_MS = 15 * 60 * 1000;

export type CancellationReason = IntegrationData<'orders.order-cancellation-requested.v1'>['reason'];
export type CancelledReason = IntegrationData<'orders.order-cancelled.v1'>['reason'];
export type RejectedReason = IntegrationData<'orders.order-rejected.v1'>['reason'];

/** Who made an order need a person: a service that gave up, or the end-to-end deadline. */
export const ATTENTION_SOURCES = ['inventory', 'payments', 'shipping', 'deadline'] as const;
export type AttentionSource = (typeof ATTENTION_SOURCES)[number];

/** How an operator may say that an order has ended. */
export const RESOLUTIONS = ['completed', 'cancelled'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** What a customer decides on. The token and the address are only passed on to the services that need them. */
export type Basket = {
  readonly customerId: string;
  readonly currency: Currency;
  readonly paymentToken: string;
  readonly shipTo: ShipTo;
  readonly lines: readonly OrderLine[];
};

export type OrderCommand = { readonly orderId: string; readonly now: Instant } & (
  | ({ readonly type: 'CreateOrder' } & Basket)
  /** Creates and submits at once. */
  | ({ readonly type: 'PlaceOrder'; readonly deadlineMs: number } & Basket)
  | ({ readonly type: 'AddOrderLine' } & OrderLine)
  | { readonly type: 'ChangeLineQuantity'; readonly sku: string; readonly quantity: number }
  | { readonly type: 'RemoveOrderLine'; readonly sku: string }
  | { readonly type: 'SubmitOrder'; readonly deadlineMs: number }
  | { readonly type: 'RequestCancellation'; readonly reason: CancellationReason }
  | { readonly type: 'RecordFact'; readonly fact: OrderFact }
  | { readonly type: 'EnforceDeadline'; readonly dueAt: Instant }
  /** Gives an order that needs a person another deadline, and asks again for what orders itself has asked for. */
  | ({ readonly type: 'RetryOrder' } & OperatorWord)
  /** Insists that an order which needs a person is cancelled. It is once every undo is confirmed, like any other. */
  | ({ readonly type: 'ForceCancellation' } & OperatorWord)
  /** It was settled by hand, outside of the flock. */
  | ({ readonly type: 'ResolveOrder'; readonly outcome: Resolution } & OperatorWord)
);

/** What happened to one order. Stored shape. */
export type OrderEvent = { readonly orderId: string } & (
  | ({ readonly type: 'OrderDrafted'; readonly draftedAt: Instant } & Basket)
  | ({ readonly type: 'OrderLineAdded'; readonly addedAt: Instant } & OrderLine)
  | {
      readonly type: 'OrderLineQuantityChanged';
      readonly sku: string;
      readonly quantity: number;
      readonly changedAt: Instant;
    }
  | { readonly type: 'OrderLineRemoved'; readonly sku: string; readonly removedAt: Instant }
  /** A draft was given up; nobody else ever heard of it. */
  | { readonly type: 'OrderDiscarded'; readonly reason: CancellationReason; readonly discardedAt: Instant }
  | ({
      readonly type: 'OrderSubmitted';
      readonly totalMinor: number;
      readonly submittedAt: Instant;
      readonly deadlineAt: Instant;
    } & Basket)
  | { readonly type: 'OrderFactHeard'; readonly fact: OrderFact; readonly heardAt: Instant }
  | {
      readonly type: 'OrderCancellationRequested';
      readonly reason: CancellationReason;
      readonly requestedAt: Instant;
      /** Takes the place of the deadline before. */
      readonly deadlineAt: Instant;
    }
  | {
      readonly type: 'OrderNeedsAttention';
      readonly source: AttentionSource;
      readonly reason: string;
      readonly since: Instant;
      /** Counts the calls for a person about this order. */
      readonly attention?: number;
    }
  | ({
      readonly type: 'OrderAttentionRetried' | 'OrderCancellationForced';
      /** The calls for a person that it answers. */
      readonly attentions: readonly number[];
      readonly handledAt: Instant;
      /** Takes the place of the deadline before. */
      readonly deadlineAt: Instant;
    } & OperatorWord)
  | ({
      readonly type: 'OrderAttentionResolved';
      readonly outcome: Resolution;
      readonly attentions: readonly number[];
      readonly resolvedAt: Instant;
    } & OperatorWord)
  | { readonly type: 'OrderCompleted'; readonly completedAt: Instant }
  | { readonly type: 'OrderDelivered'; readonly deliveredAt: Instant }
  | {
      readonly type: 'OrderRejected';
      readonly reason: RejectedReason;
      readonly skus: readonly string[];
      readonly rejectedAt: Instant;
    }
  | {
      readonly type: 'OrderCancelled';
      readonly reason: CancelledReason;
      /** The provider's or carrier's own word, where there is one. */
      readonly detail?: string;
      readonly cancelledAt: Instant;
    }
);

export type OrderRejection =
  | { readonly type: 'OrderNotFound'; readonly orderId: string }
  | { readonly type: 'OrderAlreadyExists'; readonly orderId: string }
  | { readonly type: 'OrderNotSubmitted'; readonly orderId: string }
  | { readonly type: 'OrderAlreadySubmitted'; readonly orderId: string }
  | { readonly type: 'OrderAlreadyShipped'; readonly orderId: string; readonly status: string }
  | { readonly type: 'OrderAlreadyClosed'; readonly orderId: string; readonly status: string }
  | { readonly type: 'OrderHasNoLines'; readonly orderId: string }
  | { readonly type: 'TooManyLines'; readonly max: number }
  | {
      readonly type: 'LineOutOfBounds';
      readonly sku: string;
      readonly field: 'quantity' | 'unitPriceMinor';
      readonly min: number;
      readonly max: number;
    }
  /** One order has one price for one SKU. */
  | { readonly type: 'LinePriceDiffers'; readonly sku: string; readonly unitPriceMinor: number }
  | { readonly type: 'LineNotFound'; readonly sku: string }
  | { readonly type: 'OrderTotalOutOfBounds'; readonly max: number }
  | { readonly type: 'CustomerSuspended'; readonly customerId: string }
  | { readonly type: 'CustomerDeactivated'; readonly customerId: string }
  | { readonly type: 'NothingNeedsAttention'; readonly orderId: string; readonly status: string }
  /** An end that others may still contradict, or have contradicted already. */
  | { readonly type: 'OutcomeUnsafe'; readonly outcome: Resolution; readonly because: string }
  /** A parcel on its way for a cancelled order, or goods given back for a shipped one: a fault in the flock, to be looked at. */
  | { readonly type: 'FactContradictsEnd'; readonly fact: OrderFact['fact']; readonly status: string };
