import type { ShipTo } from '@murmuration/contracts';
import type { EffectOutcome, Instant, SettledEffect } from '@murmuration/kernel';

export const shipmentStream = (orderId: string): string => `shipment-${orderId}`;

/** A call to the carrier. */
export type CarrierEffect = { readonly orderId: string } & (
  { readonly type: 'book'; readonly shipTo: ShipTo } | { readonly type: 'cancel'; readonly carrierReference: string }
);

/** The idempotency key of each call; the booking's key is the client reference that the carrier knows it by. */
export const effectKey = {
  book: (orderId: string): string => `book:${orderId}`,
  cancel: (orderId: string): string => `cancel:${orderId}`,
} as const;

/** The carrier's name for the booking that a call was about. */
export type CarrierReceipt = { readonly carrierReference: string };

export type CarrierOutcome = EffectOutcome<CarrierReceipt>;

export type ShipmentCommand = { readonly orderId: string; readonly now: Instant } & (
  | { readonly type: 'NoteOrder'; readonly shipTo: ShipTo }
  | { readonly type: 'NotePaymentAuthorized' }
  | { readonly type: 'CancelShipment' }
  /** The parcel is handed over. A carrier that comes for it names its booking, and so proves that there is one. */
  | { readonly type: 'DispatchShipment'; readonly carrierReference?: string }
  | { readonly type: 'DeliverShipment' }
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
  | { readonly type: 'PaymentAuthorizationNoted'; readonly notedAt: Instant }
  | { readonly type: 'BookingRequested'; readonly shipTo: ShipTo; readonly requestedAt: Instant }
  | { readonly type: 'ShipmentBooked'; readonly carrierReference: string; readonly bookedAt: Instant }
  | { readonly type: 'ShipmentRefused'; readonly reason: string; readonly refusedAt: Instant }
  /** `held` is false when nothing was booked: a tombstone against an authorisation that comes late. */
  | { readonly type: 'ShipmentCancelled'; readonly held: boolean; readonly cancelledAt: Instant }
  | { readonly type: 'BookingCancellationRequested'; readonly carrierReference: string; readonly requestedAt: Instant }
  /** No booking is left at the carrier of a shipment that was cancelled. */
  | { readonly type: 'BookingCleared'; readonly key: string; readonly clearedAt: Instant }
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
    }
);

export type ShipmentRejection =
  /** The shipment was cancelled, or refused by the carrier: no parcel leaves, no booking is made. */
  | { readonly type: 'ShipmentClosed'; readonly orderId: string; readonly status: 'cancelled' | 'refused' }
  | { readonly type: 'NotBooked'; readonly orderId: string; readonly status: string }
  /** The carrier came with a parcel that is not the one booked for the order. */
  | { readonly type: 'NotOurBooking'; readonly orderId: string; readonly carrierReference: string }
  | { readonly type: 'NotDispatched'; readonly orderId: string; readonly status: string }
  /** No call with this key was ever intended for the order. */
  | { readonly type: 'NoSuchRequest'; readonly key: string };
