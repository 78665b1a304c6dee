import type { DecisionModel } from '@murmuration/kernel';
import { shipment } from './shipment';
import { shipmentStream, type ShipmentCommand, type ShipmentEvent, type ShipmentRejection } from './shipment.messages';
import type { Shipment } from './shipment.state';

/** One stream per order. */
export const shippingModel: DecisionModel<ShipmentCommand, ShipmentEvent, Shipment, ShipmentRejection> = {
  streamsOf: ({ orderId }) => [shipmentStream(orderId)],
  streamOf: ({ orderId }) => shipmentStream(orderId),
  initial: () => shipment.initial,
  evolve: shipment.evolve,
  decide: (command, stateOf) => shipment.decide(command, stateOf(shipmentStream(command.orderId))),
};
