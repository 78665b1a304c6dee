import type { Currency, EffectOutcome, Instant, SettledEffect } from '@murmuration/kernel';

export const paymentStream = (orderId: string): string => `payment-${orderId}`;

/** What an order is to be paid with: an amount, and what the provider knows the customer's card by. */
export type Charge = {
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly paymentToken: string;
};

/** `undo` gives back what a failed order had captured, `return` gives back money after the order was shipped. */
export type RefundCause = 'undo' | 'return';

/** A call to the payment provider. Everything but `authorize` refers to the charge that `authorize` made for the order. */
export type PaymentEffect = { readonly orderId: string } & (
  | ({ readonly type: 'authorize' } & Charge)
  | { readonly type: 'capture'; readonly amountMinor: number; readonly currency: Currency }
  | { readonly type: 'void' }
  | {
      readonly type: 'refund';
      readonly refundId: string;
      readonly amountMinor: number;
      readonly currency: Currency;
    }
);

/** The idempotency key of each call: one of a kind per order, and one for each refund. */
export const effectKey = {
  authorize: (orderId: string): string => `authorize:${orderId}`,
  capture: (orderId: string): string => `capture:${orderId}`,
  void: (orderId: string): string => `void:${orderId}`,
  refund: (orderId: string, refundId: string): string => `refund:${orderId}:${refundId}`,
} as const;

/** The refund that takes back a charge which could only be captured. */
export const UNDO_REFUND_ID = 'undo';
export const REFUNDS_MAX = 100;

/** The charge as the provider has it after a call. */
export type ProviderReceipt = {
  readonly providerReference: string;
  /** True at once where the payment method knows no authorisation. */
  readonly captured: boolean;
  readonly expiresAt: Instant;
};

export type ProviderOutcome = EffectOutcome<ProviderReceipt>;

export type PaymentCommand = { readonly orderId: string; readonly now: Instant } & (
  | ({ readonly type: 'NoteOrder' } & Charge)
  | { readonly type: 'NoteStockReserved' }
  | { readonly type: 'UndoPayment' }
  /** The parcel has left. */
  | { readonly type: 'CapturePayment' }
  | { readonly type: 'RequestRefund'; readonly refundId: string; readonly amountMinor: number }
  | { readonly type: 'ExpireAuthorization' }
  /** What the provider answered to the call with this key, by whatever way and however often it was heard. */
  | {
      readonly type: 'ReportProviderOutcome';
      readonly key: string;
      readonly outcome: SettledEffect<ProviderReceipt>;
    }
);

/** Stored shape. */
export type PaymentEvent = { readonly orderId: string } & (
  | ({ readonly type: 'OrderNoted'; readonly notedAt: Instant } & Charge)
  | { readonly type: 'StockReservationNoted'; readonly notedAt: Instant }
  | ({ readonly type: 'AuthorizationRequested'; readonly requestedAt: Instant } & Charge)
  /** The undo came while the provider was still thinking; it waits for the answer. */
  | { readonly type: 'PaymentUndoNoted'; readonly notedAt: Instant }
  | {
      readonly type: 'PaymentAuthorized';
      readonly amountMinor: number;
      readonly currency: Currency;
      readonly providerReference: string;
      readonly authorizedAt: Instant;
      readonly expiresAt: Instant;
    }
  | { readonly type: 'PaymentDeclined'; readonly reason: string; readonly declinedAt: Instant }
  | { readonly type: 'PaymentAuthorizationExpired'; readonly amountMinor: number; readonly expiredAt: Instant }
  | {
      readonly type: 'CaptureRequested';
      readonly amountMinor: number;
      readonly currency: Currency;
      readonly requestedAt: Instant;
    }
  /** The parcel of a charge that was captured from the start has left. */
  | { readonly type: 'DispatchNoted'; readonly notedAt: Instant }
  | {
      readonly type: 'PaymentCaptured';
      readonly amountMinor: number;
      readonly currency: Currency;
      readonly capturedAt: Instant;
    }
  | { readonly type: 'VoidRequested'; readonly amountMinor: number; readonly requestedAt: Instant }
  /** `held` is false when nothing was authorised: a tombstone against an authorisation that comes late. */
  | { readonly type: 'PaymentVoided'; readonly held: boolean; readonly amountMinor: number; readonly voidedAt: Instant }
  | {
      readonly type: 'RefundRequested';
      readonly refundId: string;
      readonly cause: RefundCause;
      readonly amountMinor: number;
      readonly currency: Currency;
      readonly requestedAt: Instant;
    }
  | {
      readonly type: 'PaymentRefunded';
      readonly refundId: string;
      readonly cause: RefundCause;
      readonly amountMinor: number;
      readonly currency: Currency;
      readonly refundedAt: Instant;
    }
  /** The call with this key was refused where that must not be, or was never answered. */
  | {
      readonly type: 'PaymentNeedsAttention';
      readonly key: string;
      readonly outcome: 'refused' | 'gave-up';
      readonly reason: string;
      readonly since: Instant;
    }
);

export type PaymentRejection =
  /** The payment was undone before the reservation of the stock was heard. */
  | { readonly type: 'PaymentClosed'; readonly orderId: string }
  | { readonly type: 'NotAuthorized'; readonly orderId: string; readonly status: string }
  | { readonly type: 'AlreadyDispatched'; readonly orderId: string }
  | { readonly type: 'NotCaptured'; readonly orderId: string; readonly status: string }
  | { readonly type: 'NotDispatched'; readonly orderId: string }
  | { readonly type: 'AmountOutOfBounds'; readonly min: number; readonly max: number }
  | { readonly type: 'RefundExceedsCaptured'; readonly refundableMinor: number }
  | { readonly type: 'RefundIdTaken'; readonly refundId: string }
  | { readonly type: 'TooManyRefunds'; readonly max: number }
  /** No call with this key was ever intended for the order. */
  | { readonly type: 'NoSuchRequest'; readonly key: string };
