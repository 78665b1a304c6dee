import {
  orderSubmitted,
  shipmentCancelled,
  shipmentDispatched,
  shipmentRefused,
  stockReserved,
  type Reactions,
} from '@murmuration/contracts';
import type { PaymentCommand, PaymentRejection } from './payment.messages';

/** What payments does on hearing the others. */
export const paymentsReactions: Reactions<'payments', PaymentCommand, PaymentRejection> = {
  'note-order': {
    on: {
      [orderSubmitted.name]: ({ orderId, totalMinor, currency, paymentToken }, { now }) => [
        { type: 'NoteOrder', orderId, amountMinor: totalMinor, currency, paymentToken, now },
      ],
    },
    stale: [],
  },
  'authorize-payment': {
    on: { [stockReserved.name]: ({ orderId }, { now }) => [{ type: 'NoteStockReserved', orderId, now }] },
    stale: ['PaymentClosed'],
  },
  'undo-payment': {
    on: {
      [shipmentRefused.name]: ({ orderId }, { now }) => [{ type: 'UndoPayment', orderId, now }],
      [shipmentCancelled.name]: ({ orderId }, { now }) => [{ type: 'UndoPayment', orderId, now }],
    },
    stale: [],
  },
  'capture-payment': {
    on: { [shipmentDispatched.name]: ({ orderId }, { now }) => [{ type: 'CapturePayment', orderId, now }] },
    stale: [],
  },
};
