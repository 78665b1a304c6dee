import type { ShipTo } from '@murmuration/contracts';
import { assert, unreachable, type Instant } from '@murmuration/kernel';
import type { ShipmentEvent } from './shipment.messages';

/** What is known of the answer to a call: still waited for, not waited for any longer, or no. */
export type Answer = 'awaited' | 'gave-up' | 'refused';

/** What a cancelled shipment may have left at the carrier. */
export type Leftover =
  | { readonly leftover: 'nothing' }
  | { readonly leftover: 'booking-in-flight' | 'booking-to-cancel'; readonly answer: Answer };

/** The shipment of one order. The order and the authorisation of its payment may be heard in either order. */
export type Shipment =
  | { readonly status: 'absent' }
  | { readonly status: 'order-noted'; readonly shipTo: ShipTo }
  | { readonly status: 'authorization-noted' }
  | { readonly status: 'booking'; readonly answer: Answer }
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'booked'; readonly carrierReference: string }
  | ({ readonly status: 'cancelled' } & Leftover)
  | {
      readonly status: 'dispatched' | 'delivered';
      readonly carrierReference: string;
      readonly dispatchedAt: Instant;
      /** A cancellation came too late, and it was said. */
      readonly cancelRefused: boolean;
    };

export const absentShipment: Shipment = { status: 'absent' };

export const evolve = (shipment: Shipment, event: ShipmentEvent): Shipment => {
  switch (event.type) {
    case 'OrderNoted':
      assert(shipment.status === 'absent', 'an order is noted first');
      return { status: 'order-noted', shipTo: event.shipTo };
    case 'PaymentAuthorizationNoted':
      assert(shipment.status === 'absent', 'an authorisation is noted first');
      return { status: 'authorization-noted' };
    case 'BookingRequested':
      assert(
        shipment.status === 'order-noted' || shipment.status === 'authorization-noted',
        'booked when both are known',
      );
      return { status: 'booking', answer: 'awaited' };
    case 'ShipmentBooked':
      assert(shipment.status === 'booking', 'booked as requested');
      return { status: 'booked', carrierReference: event.carrierReference };
    case 'ShipmentRefused':
      assert(shipment.status === 'booking', 'refused as requested');
      return { status: 'refused', reason: event.reason };
    case 'ShipmentCancelled':
      return { status: 'cancelled', ...leftoverOf(shipment) };
    case 'BookingCancellationRequested':
      assert(shipment.status === 'cancelled', 'a booking is cancelled for a cancelled shipment');
      return { status: 'cancelled', leftover: 'booking-to-cancel', answer: 'awaited' };
    case 'BookingCleared':
      assert(shipment.status === 'cancelled', 'a booking is cleared for a cancelled shipment');
      return { status: 'cancelled', leftover: 'nothing' };
    case 'ShipmentCancelRefused':
      assert(shipment.status === 'dispatched' || shipment.status === 'delivered', 'refused once the parcel has left');
      return { ...shipment, cancelRefused: true };
    case 'ShipmentDispatched': {
      assert(shipment.status === 'booked', 'only what is booked is dispatched');
      const { carrierReference } = shipment;
      return { status: 'dispatched', carrierReference, dispatchedAt: event.dispatchedAt, cancelRefused: false };
    }
    case 'ShipmentDelivered':
      assert(shipment.status === 'dispatched', 'only what is dispatched is delivered');
      return { ...shipment, status: 'delivered' };
    case 'ShipmentNeedsAttention':
      assert('answer' in shipment, 'attention is for a call that was made');
      return { ...shipment, answer: event.outcome };
    default:
      return unreachable(event);
  }
};

const leftoverOf = (shipment: Shipment): Leftover => {
  if (shipment.status === 'booking') return { leftover: 'booking-in-flight', answer: shipment.answer };
  return { leftover: 'nothing' };
};
