import type { OperatorWord, ShipTo } from '@murmuration/contracts';
import { attemptKey, type EffectOutcome, type Instant, type SettledEffect } from '@murmuration/kernel';

export const shipmentStream = (orderId: string): string => `shipment-${orderId}`;

/** A call to the carrier. */
export type CarrierEffect = { readonly orderId: string } & (
  { readonly type: 'book'; readonly shipTo: ShipTo } | { readonly type: 'cancel'; readonly carrierReference: string }
);

/** The idempotency key of each call; the booking's key is the client reference that the carrier knows it by. */
export const effectKey = {
  book: (orderId: string): string => `book:${orderId}`,
  cancel: (orderId: string, attempt = 1): string => attemptKey(`cancel:${orderId}`, attempt),
} as const;

/** The carrier's name for the booking that a call was about. */
export type CarrierReceipt = { readonly carrierReference: string };

export type CarrierOutcome = EffectOutcome<CarrierReceipt>;

export type ShipmentCommand = { readonly orderId: string; readonly now: Instant } & (
  | { readonly type: 'NoteOrder'; readonly shipTo: ShipTo }
  /** Without `authorizedUntil` the money is captured already, and nothing expires. */
  | { readonly type: 'NotePaymentAuthorized'; readonly authorizedUntil?: Instant }
  | { readonly type: 'CancelShipment' }
  /** The parcel is handed over. A carrier that comes for it names its booking, and so proves that there is one. */
  | { readonly type: 'DispatchShipment'; readonly carrierReference?: string }
  /** It has arrived. A carrier names the booking that it was made with. */
  | { readonly type: 'DeliverShipment'; readonly carrierReference?: string }
  /** A call that was refused or not answered is made once more. */
  | ({ readonly type: 'RetryCall' } & OperatorWord)
  /** What became of such a call, as an operator found or settled it with the carrier. */
  | ({
      readonly type: 'ResolveCall';
      readonly outcome: 'done' | 'not-done';
      /** Of a booking that is done. */
      readonly carrierReference?: string;
    } & OperatorWord)
  /** What the carrier answered to the call with this key, by whatever way and however often it was heard. */
  | {
      readonly type: 'ReportCarrierOutcome';
      readonly key: string;
      readonly outcome: SettledEffect<CarrierReceipt>;
    }
);

/** Stored shape. */
export type ShipmentEvent = { readonly orderId: string } & (
  | { readonly type: 'OrderNoted'; readonly shipTo: ShipTo; readonly notedAt: Instant }
  | {
      readonly type: 'PaymentAuthorizationNoted';
      readonly authorizedUntil?: Instant;
      readonly notedAt: Instant;
    }
  | {
      readonly type: 'BookingRequested';
      readonly shipTo: ShipTo;
      readonly authorizedUntil?: Instant;
      readonly requestedAt: Instant;
    }
  | { readonly type: 'ShipmentBooked'; readonly carrierReference: string; readonly bookedAt: Instant }
  | { readonly type: 'ShipmentRefused'; readonly reason: string; readonly refusedAt: Instant }
  /** `held` is false when nothing was booked: a tombstone against an authorisation that comes late. */
  | { readonly type: 'ShipmentCancelled'; readonly held: boolean; readonly cancelledAt: Instant }
  | { readonly type: 'BookingCancellationRequested'; readonly carrierReference: string; readonly requestedAt: Instant }
  /** No booking is left at the carrier of a shipment that was cancelled. */
  | {
      readonly type: 'BookingCleared';
      readonly key: string;
      readonly clearedAt: Instant;
      /** The calls for a person that the carrier's answer makes needless. */
      readonly attentions?: readonly number[];
    }
  | {
      readonly type: 'ShipmentCancelRefused';
      readonly reason: 'already-dispatched' | 'already-delivered';
      readonly refusedAt: Instant;
    }
  | { readonly type: 'ShipmentDispatched'; readonly dispatchedAt: Instant }
  | { readonly type: 'ShipmentDelivered'; readonly deliveredAt: Instant }
  /** The call with this key was refused where that must not be, or was never answered. */
  | {
      readonly type: 'ShipmentNeedsAttention';
      readonly key: string;
      readonly outcome: 'refused' | 'gave-up';
      readonly reason: string;
      readonly since: Instant;
      /** Counts the calls for a person about this shipment. */
      readonly attention?: number;
    }
  /** Carries the whole call, which begins anew. */
  | ({
      readonly type: 'ShipmentRetryRequested';
      readonly key: string;
      readonly effect: CarrierEffect;
      readonly attentions: readonly number[];
      readonly requestedAt: Instant;
    } & OperatorWord)
  | ({
      readonly type: 'ShipmentAttentionResolved';
      readonly key: string;
      readonly outcome: 'done' | 'not-done';
      readonly attentions: readonly number[];
      readonly resolvedAt: Instant;
    } & OperatorWord)
);

export type ShipmentRejection =
  /** Nothing was heard of the order; it may be unknown to all, or word of it still under way. */
  | { readonly type: 'OrderNotHeardOfYet'; readonly orderId: string }
  /** The shipment was cancelled, or refused by the carrier: no parcel leaves, no booking is made. */
  | { readonly type: 'ShipmentClosed'; readonly orderId: string; readonly status: 'cancelled' | 'refused' }
  | { readonly type: 'NotBooked'; readonly orderId: string; readonly status: string }
  /** Nobody would pay for the parcel. It is cancelled by policy as soon as the expiry is said. */
  | { readonly type: 'AuthorizationExpired'; readonly orderId: string; readonly authorizedUntil: Instant }
  /** The carrier came with a parcel that is not the one booked for the order. */
  | { readonly type: 'NotOurBooking'; readonly orderId: string; readonly carrierReference: string }
  | { readonly type: 'NotDispatched'; readonly orderId: string; readonly status: string }
  /** No call with this key was ever intended for the order. */
  | { readonly type: 'NoSuchRequest'; readonly key: string }
  | { readonly type: 'NothingNeedsAttention'; readonly orderId: string; readonly status: string }
  /** A booking is told by the name that the carrier gave it. */
  | { readonly type: 'ReferenceMissing'; readonly key: string }
  /** A booking for a cancelled shipment cannot be left with the carrier. */
  | { readonly type: 'MustBeUndone'; readonly key: string };
