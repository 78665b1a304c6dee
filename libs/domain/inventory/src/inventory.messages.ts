import type { OperatorWord, ShortLine, StockLine } from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';

export const stockStream = (sku: string): string => `stock-${sku}`;
export const reservationStream = (orderId: string): string => `reservation-${orderId}`;

/** How long stock is held for an order that does not move on. */
export const STOCK_HOLD_MS = 60 * 60 * 1000;

/** No count of one SKU goes beyond this. */
export const STOCK_LEVEL_MAX = 1_000_000_000_000;

/** The counts of one SKU. `available` is always received + adjusted − held − committed, and never below zero. */
export type StockLevel = {
  readonly received: number;
  /** The sum of all adjustments, which may be negative. */
  readonly adjusted: number;
  readonly held: number;
  readonly committed: number;
  readonly available: number;
};

export type InventoryCommand =
  | { readonly type: 'ReceiveStock'; readonly sku: string; readonly quantity: number; readonly now: Instant }
  /** Corrects a count: breakage, theft, a stocktaking. */
  | {
      readonly type: 'AdjustStock';
      readonly sku: string;
      readonly delta: number;
      readonly reason: string;
      readonly now: Instant;
    }
  /** All lines or none; `holdMs` is how long the hold may last. */
  | {
      readonly type: 'ReserveStock';
      readonly orderId: string;
      readonly lines: readonly StockLine[];
      readonly holdMs: number;
      readonly now: Instant;
    }
  | { readonly type: 'ReleaseStock'; readonly orderId: string; readonly now: Instant }
  /** The parcel has left: what was held is gone for good. */
  | { readonly type: 'CommitStock'; readonly orderId: string; readonly now: Instant }
  | { readonly type: 'ExpireHold'; readonly orderId: string; readonly now: Instant }
  /** Takes what left without a hold out of what is available, after all. What that was, is known outside alone. */
  | ({
      readonly type: 'RetryCommit';
      readonly orderId: string;
      readonly lines: readonly StockLine[];
      readonly now: Instant;
    } & OperatorWord)
  /** The counts were corrected by hand. */
  | ({ readonly type: 'ResolveReservation'; readonly orderId: string; readonly now: Instant } & OperatorWord);

/** What happened to one SKU, with its level afterwards. Stored shape. */
export type StockEvent = {
  readonly sku: string;
  readonly level: StockLevel;
  /** How many changes the SKU has seen, this one among them. */
  readonly version?: number;
  readonly changedAt: Instant;
} & (
  | { readonly type: 'StockReceived'; readonly quantity: number }
  | { readonly type: 'StockAdjusted'; readonly delta: number; readonly reason: string }
  | {
      readonly type: 'StockHeld' | 'StockHoldReleased' | 'StockHoldCommitted';
      readonly orderId: string;
      readonly quantity: number;
    }
);

/** What happened to one order's claim on stock. Stored shape. */
export type ReservationEvent = { readonly orderId: string } & (
  | {
      readonly type: 'StockReserved';
      readonly lines: readonly StockLine[];
      readonly reservedAt: Instant;
      readonly heldUntil: Instant;
    }
  | { readonly type: 'ReservationRefused'; readonly lines: readonly ShortLine[]; readonly refusedAt: Instant }
  /** `held` is false when there was nothing to release: a tombstone against a reservation that comes late. */
  | { readonly type: 'ReservationReleased'; readonly held: boolean; readonly releasedAt: Instant }
  | { readonly type: 'StockCommitted'; readonly lines: readonly StockLine[]; readonly committedAt: Instant }
  | { readonly type: 'StockHoldExpired'; readonly expiredAt: Instant }
  | {
      readonly type: 'StockNeedsAttention';
      readonly reason: string;
      readonly since: Instant;
      /** Counts the calls for a person about this order's stock. */
      readonly attention?: number;
    }
  | ({
      readonly type: 'StockCommitRetried' | 'StockAttentionResolved';
      readonly attentions: readonly number[];
      readonly handledAt: Instant;
    } & OperatorWord)
);

export type InventoryEvent = StockEvent | ReservationEvent;

export type InventoryRejection =
  /** Nothing was heard of the order; it may be unknown to all, or word of it still under way. */
  | { readonly type: 'OrderNotHeardOfYet'; readonly orderId: string }
  | { readonly type: 'QuantityOutOfBounds'; readonly min: number; readonly max: number }
  | { readonly type: 'StockLevelOutOfBounds'; readonly max: number }
  | { readonly type: 'SkuUnknown'; readonly sku: string }
  | { readonly type: 'AdjustmentExceedsAvailable'; readonly sku: string; readonly available: number }
  /** The order's claim was given up before the reservation was heard. */
  | { readonly type: 'ReservationClosed'; readonly orderId: string }
  | { readonly type: 'StockAlreadyCommitted'; readonly orderId: string }
  | { readonly type: 'NothingNeedsAttention'; readonly orderId: string; readonly status: string }
  | { readonly type: 'StockShort'; readonly lines: readonly ShortLine[] };
