import {
  say,
  shipmentBooked,
  shipmentCancelled,
  shipmentCancelRefused,
  shipmentDelivered,
  shipmentDispatched,
  shipmentNeedsAttention,
  shipmentRefused,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { unreachable } from '@murmuration/kernel';
import type { ShipmentEvent } from './shipment.messages';

/** What the others are told of an event of ours: outcomes, never intents. */
export const announce = (event: ShipmentEvent): IntegrationEvent | undefined => {
  const { orderId } = event;
  switch (event.type) {
    case 'ShipmentBooked':
      return say(shipmentBooked, { orderId, carrierReference: event.carrierReference, bookedAt: event.bookedAt });
    case 'ShipmentRefused':
      return say(shipmentRefused, { orderId, reason: event.reason, refusedAt: event.refusedAt });
    case 'ShipmentCancelled':
      return say(shipmentCancelled, { orderId, held: event.held, cancelledAt: event.cancelledAt });
    case 'ShipmentCancelRefused':
      return say(shipmentCancelRefused, { orderId, reason: event.reason, refusedAt: event.refusedAt });
    case 'ShipmentDispatched':
      return say(shipmentDispatched, { orderId, dispatchedAt: event.dispatchedAt });
    case 'ShipmentDelivered':
      return say(shipmentDelivered, { orderId, deliveredAt: event.deliveredAt });
    case 'ShipmentNeedsAttention':
      return say(shipmentNeedsAttention, { orderId, reason: event.reason, since: event.since });
    case 'OrderNoted':
    case 'PaymentAuthorizationNoted':
    case 'BookingRequested':
    case 'BookingCancellationRequested':
    case 'BookingCleared':
      return undefined;
    default:
      return unreachable(event);
  }
};
