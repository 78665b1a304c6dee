import {
  announce,
  shippingAgenda,
  shippingFinishing,
  shippingModel,
  type CarrierEffect,
  type CarrierReceipt,
} from '@murmuration/domain-shipping';
import type { EffectPort } from '@murmuration/kernel';
import { defineService, heardBy, type Companion } from '@murmuration/platform';
import { ShippingReactions } from './events/shipping.reactions';
import { CarrierController } from './http/carrier.controller';
import { rejectionStatus } from './http/rejection-status';
import { ShipmentsController } from './http/shipments.controller';
import { shippingCodec } from './store/shipment.codec';

/** Who gets what in the shipping service. */
export const shippingService = (
  carrier: EffectPort<CarrierEffect, CarrierReceipt>,
  companions: readonly (() => Companion)[] = [],
) =>
  defineService({
    service: 'shipping',
    docs: {
      title: 'Shipping',
      description: 'Books one shipment per order with the carrier, and decides cancellation against dispatch.',
    },
    rules: { model: shippingModel, codec: shippingCodec },
    rejectionStatus,
    finishing: shippingFinishing,
    hears: heardBy('shipping'),
    announce,
    agenda: { rules: shippingAgenda, port: carrier },
    controllers: [ShipmentsController, CarrierController, ShippingReactions],
    companions,
  });
