import { orderCancellationRequested, orderSubmitted, paymentAuthorized, type Reactions } from '@murmuration/contracts';
import type { ShipmentCommand, ShipmentRejection } from './shipment.messages';

/** What shipping does on hearing the others. */
export const shippingReactions: Reactions<'shipping', ShipmentCommand, ShipmentRejection> = {
  'note-order': {
    on: { [orderSubmitted.name]: ({ orderId, shipTo }, { now }) => [{ type: 'NoteOrder', orderId, shipTo, now }] },
    stale: [],
  },
  'book-shipment': {
    on: {
      [paymentAuthorized.name]: ({ orderId, expiresAt, captured }, { now }) => [
        { type: 'NotePaymentAuthorized', orderId, ...(captured ? {} : { authorizedUntil: expiresAt }), now },
      ],
    },
    stale: ['ShipmentClosed'],
  },
  'cancel-shipment': {
    on: { [orderCancellationRequested.name]: ({ orderId }, { now }) => [{ type: 'CancelShipment', orderId, now }] },
    stale: [],
  },
};
