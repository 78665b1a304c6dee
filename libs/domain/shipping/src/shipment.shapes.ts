import type { StoredShapes } from '@murmuration/kernel';
import type { ShipmentEvent } from './shipment.messages';

/** The version of each event's stored shape; an older one is lifted by upcasters when it is read. */
export const shippingShapes: StoredShapes<ShipmentEvent> = {
  OrderNoted: { version: 1 },
  PaymentAuthorizationNoted: { version: 1 },
  BookingRequested: { version: 1 },
  ShipmentBooked: { version: 1 },
  ShipmentRefused: { version: 1 },
  ShipmentCancelled: { version: 1 },
  BookingCancellationRequested: { version: 1 },
  BookingCleared: { version: 1 },
  ShipmentCancelRefused: { version: 1 },
  ShipmentDispatched: { version: 1 },
  ShipmentDelivered: { version: 1 },
  ShipmentNeedsAttention: { version: 1 },
  ShipmentRetryRequested: { version: 1 },
  ShipmentAttentionResolved: { version: 1 },
};
