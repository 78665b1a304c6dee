import type { ShipTo } from '@murmuration/contracts';
import { assert, attemptOf, BEGUN, unreachable, type EffectCall, type Instant } from '@murmuration/kernel';
import type { ShipmentEvent } from './shipment.messages';

/** What is known of the answer to a call: still waited for, not waited for any longer, or no. */
export type Answer = 'awaited' | 'gave-up' | 'refused';

export type Call = EffectCall<Answer>;

/** What a cancelled shipment may have left at the carrier. */
export type Leftover =
  | { readonly leftover: 'nothing' }
  | ({ readonly leftover: 'booking-in-flight'; readonly shipTo: ShipTo } & Call)
  | ({ readonly leftover: 'booking-to-cancel'; readonly carrierReference: string } & Call);

/** Absent when the money is captured already. */
type Authorized = { readonly authorizedUntil?: Instant };

type Stage =
  | { readonly status: 'absent' }
  | { readonly status: 'order-noted'; readonly shipTo: ShipTo }
  | ({ readonly status: 'authorization-noted' } & Authorized)
  | ({ readonly status: 'booking'; readonly shipTo: ShipTo } & Authorized & Call)
  | { readonly status: 'refused'; readonly reason: string }
  | ({ readonly status: 'booked'; readonly carrierReference: string } & Authorized)
  | ({ readonly status: 'cancelled' } & Leftover)
  | {
      readonly status: 'dispatched' | 'delivered';
      readonly carrierReference: string;
      readonly dispatchedAt: Instant;
      /** A cancellation came too late, and it was said. */
      readonly cancelRefused: boolean;
    };

/** The shipment of one order. The order and the authorisation of its payment may be heard in either order. */
export type Shipment = Stage & {
  /** How often a person was called. */
  readonly attentions: number;
};

export const absentShipment: Shipment = { status: 'absent', attentions: 0 };

export const evolve = (shipment: Shipment, event: ShipmentEvent): Shipment => ({
  ...stageAfter(shipment, event),
  attentions: shipment.attentions + (event.type === 'ShipmentNeedsAttention' ? 1 : 0),
});

const stageAfter = (shipment: Shipment, event: ShipmentEvent): Stage => {
  switch (event.type) {
    case 'OrderNoted':
      assert(shipment.status === 'absent', 'an order is noted first');
      return { status: 'order-noted', shipTo: event.shipTo };
    case 'PaymentAuthorizationNoted':
      assert(shipment.status === 'absent', 'an authorisation is noted first');
      return { status: 'authorization-noted', ...authorizedOf(event) };
    case 'BookingRequested':
      assert(
        shipment.status === 'order-noted' || shipment.status === 'authorization-noted',
        'booked when both are known',
      );
      return { status: 'booking', ...BEGUN, shipTo: event.shipTo, ...authorizedOf(event) };
    case 'ShipmentBooked':
      assert(shipment.status === 'booking', 'booked as requested');
      return { status: 'booked', carrierReference: event.carrierReference, ...authorizedOf(shipment) };
    case 'ShipmentRefused':
      assert(shipment.status === 'booking', 'refused as requested');
      return { status: 'refused', reason: event.reason };
    case 'ShipmentCancelled':
      return { status: 'cancelled', ...leftoverOf(shipment) };
    case 'BookingCancellationRequested':
      assert(shipment.status === 'cancelled', 'a booking is cancelled for a cancelled shipment');
      return {
        status: 'cancelled',
        leftover: 'booking-to-cancel',
        carrierReference: event.carrierReference,
        ...BEGUN,
        // What a person was called for, a booking that might be left, is not settled yet.
        raised: shipment.leftover === 'nothing' ? [] : shipment.raised,
      };
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
    case 'ShipmentNeedsAttention': {
      const { reason, since } = event;
      const attention = shipment.attentions + 1;
      return withCall(shipment, ({ raised }) => ({
        answer: event.outcome,
        raised: [...raised, { attention, reason, since }],
      }));
    }
    case 'ShipmentRetryRequested': {
      const { attempt } = attemptOf(event.key);
      return withCall(shipment, () => ({ answer: 'awaited', attempt, raised: [] }));
    }
    case 'ShipmentAttentionResolved':
      return withCall(shipment, () => ({ raised: [] }));
    default:
      return unreachable(event);
  }
};

const withCall = (shipment: Shipment, change: (call: Call) => Partial<Call>): Stage => {
  assert('answer' in shipment, 'attention is for a call that was made');
  return { ...shipment, ...change(shipment) };
};

const leftoverOf = (shipment: Shipment): Leftover => {
  if (shipment.status !== 'booking') return { leftover: 'nothing' };
  const { answer, attempt, raised, shipTo } = shipment;
  return { leftover: 'booking-in-flight', answer, attempt, raised, shipTo };
};

const authorizedOf = ({ authorizedUntil }: Authorized): Authorized =>
  authorizedUntil === undefined ? {} : { authorizedUntil };
