import { assert, unreachable, type Agenda } from '@murmuration/kernel';
import {
  effectKey,
  type CarrierEffect,
  type CarrierReceipt,
  type ShipmentCommand,
  type ShipmentEvent,
} from './shipment.messages';

/** The calls to the carrier that are open. What waits for the parcel itself is bounded by the order's own deadline. */
export const shippingAgenda: Agenda<ShipmentEvent, ShipmentCommand, CarrierEffect, CarrierReceipt> = {
  changesOf: (event) => {
    const { orderId } = event;
    const bookingKey = effectKey.book(orderId);
    switch (event.type) {
      case 'BookingRequested':
        return [{ type: 'effect-opened', key: bookingKey, effect: { type: 'book', orderId, shipTo: event.shipTo } }];
      case 'ShipmentBooked':
      case 'ShipmentRefused':
        return [{ type: 'effect-closed', key: bookingKey }];
      case 'BookingCancellationRequested': {
        const { carrierReference } = event;
        return [
          { type: 'effect-closed', key: bookingKey },
          {
            type: 'effect-opened',
            key: effectKey.cancel(orderId),
            effect: { type: 'cancel', orderId, carrierReference },
          },
        ];
      }
      case 'BookingCleared':
      case 'ShipmentNeedsAttention':
        return [{ type: 'effect-closed', key: event.key }];
      case 'ShipmentRetryRequested':
        return [{ type: 'effect-opened', key: event.key, effect: event.effect, askFirst: true }];
      case 'ShipmentAttentionResolved':
      case 'OrderNoted':
      case 'PaymentAuthorizationNoted':
      case 'ShipmentCancelled':
      case 'ShipmentCancelRefused':
      case 'ShipmentDispatched':
      case 'ShipmentDelivered':
        return [];
      default:
        return unreachable(event);
    }
  },
  settle: ({ key, effect: { orderId } }, outcome, now) => ({
    type: 'ReportCarrierOutcome',
    orderId,
    key,
    outcome,
    now,
  }),
  fire: ({ key }) => {
    assert(false, `no deadline in shipping, got ${key}`);
  },
};
