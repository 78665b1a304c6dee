import type { OperatorWord } from '@murmuration/contracts';
import { attemptKey, type Currency, type EffectOutcome, type Instant, type SettledEffect } from '@murmuration/kernel';

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
  capture: (orderId: string, attempt = 1): string => attemptKey(`capture:${orderId}`, attempt),
  void: (orderId: string, attempt = 1): string => attemptKey(`void:${orderId}`, attempt),
  refund: (orderId: string, refundId: string, attempt = 1): string =>
    attemptKey(`refund:${orderId}:${refundId}`, attempt),
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
  /** Calls that were refused or not answered are made once more: the one with this key, or all of them. */
  | ({ readonly type: 'RetryCall'; readonly key?: string } & OperatorWord)
  /** What became of such a call, as an operator found or settled it at the provider. */
  | ({
      readonly type: 'ResolveCall';
      readonly key?: string;
      readonly outcome: 'done' | 'not-done';
      /** Of an authorisation that is done. */
      readonly receipt?: ProviderReceipt;
    } & OperatorWord)
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
      /** Captured in the same append. */
      readonly captured?: true;
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
      /** Of the call, where it was not the first. */
      readonly key?: string;
    }
  | { readonly type: 'VoidRequested'; readonly amountMinor: number; readonly requestedAt: Instant }
  /** `held` is false when nothing was authorised: a tombstone against an authorisation that comes late. */
  | {
      readonly type: 'PaymentVoided';
      readonly held: boolean;
      readonly amountMinor: number;
      readonly voidedAt: Instant;
      readonly key?: string;
    }
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
      readonly key?: string;
    }
  /** The call with this key was refused where that must not be, or was never answered. */
  | {
      readonly type: 'PaymentNeedsAttention';
      readonly key: string;
      readonly outcome: 'refused' | 'gave-up';
      readonly reason: string;
      readonly since: Instant;
      /** Counts the calls for a person about this payment. */
      readonly attention?: number;
    }
  /** Carries the whole call, which begins anew. */
  | ({
      readonly type: 'PaymentRetryRequested';
      readonly key: string;
      readonly effect: PaymentEffect;
      readonly attentions: readonly number[];
      readonly requestedAt: Instant;
    } & OperatorWord)
  | ({
      readonly type: 'PaymentAttentionResolved';
      readonly key: string;
      readonly outcome: 'done' | 'not-done';
      /** Authorised, but never to be captured. */
      readonly writtenOffMinor?: number;
      readonly attentions: readonly number[];
      readonly resolvedAt: Instant;
    } & OperatorWord)
);

export type PaymentRejection =
  /** Nothing was heard of the order; it may be unknown to all, or word of it still under way. */
  | { readonly type: 'OrderNotHeardOfYet'; readonly orderId: string }
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
  | { readonly type: 'NoSuchRequest'; readonly key: string }
  | { readonly type: 'NothingNeedsAttention'; readonly orderId: string; readonly status: string }
  /** Several calls need a person, and each is settled by itself. */
  | { readonly type: 'CallNotNamed'; readonly keys: readonly string[] }
  /** An authorisation is told by its reference at the provider and its expiry. */
  | { readonly type: 'ReceiptMissing'; readonly key: string }
  /** Money that the order no longer stands for cannot be kept. */
  | { readonly type: 'MustBeUndone'; readonly key: string };
