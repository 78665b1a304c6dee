import { shippingShapes, type ShipmentEvent } from '@murmuration/domain-shipping';
import { jsonCodec } from '@murmuration/event-store';

export const shippingCodec = jsonCodec<ShipmentEvent>(shippingShapes);
