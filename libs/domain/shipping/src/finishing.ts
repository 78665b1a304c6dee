import type { ShipmentCommand } from './shipment.messages';

/**
 * What may be asked for, or told by the carrier, even while nothing new is begun: parcels move whether we note it or not, and
 * nothing is stored about one that is not there.
 */
export const shippingFinishing: readonly ShipmentCommand['type'][] = [
  ...(['DispatchShipment', 'DeliverShipment', 'RetryCall', 'ResolveCall'] as const),
];
