import {
  paymentAuthorizationExpired,
  paymentAuthorized,
  paymentCaptured,
  paymentDeclined,
  paymentNeedsAttention,
  paymentRefunded,
  paymentVoided,
  shipmentBooked,
  shipmentCancelled,
  shipmentCancelRefused,
  shipmentDelivered,
  shipmentDispatched,
  shipmentNeedsAttention,
  shipmentRefused,
  stockCommitted,
  stockHoldExpired,
  stockNeedsAttention,
  stockRefused,
  stockReleased,
  stockReserved,
  type IntegrationData,
  type Reactions,
} from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';
import type { OrdersCommand, OrdersRejection } from './model';
import type { FactName, OrderFact } from './order.facts';

type AboutOrder = { readonly orderId: string };

const record =
  <Data extends AboutOrder>(factOf: (data: Data) => OrderFact) =>
  (data: Data, { now }: { readonly now: Instant }): readonly OrdersCommand[] => [
    { type: 'RecordFact', orderId: data.orderId, fact: factOf(data), now },
  ];

type WithReason = Extract<OrderFact, { readonly reason: string }>['fact'];

const plain = (name: Exclude<FactName, WithReason>) => record(() => ({ fact: name }));

type AttentionFact = Extract<WithReason, `${string}-needs-attention`>;

const reasoned = (name: Exclude<WithReason, 'stock-refused' | AttentionFact>) =>
  record(({ reason }: AboutOrder & { readonly reason: string }) => ({ fact: name, reason }));

type Attention = AboutOrder & { readonly reason: string; readonly attention?: number | undefined };

const attention = (name: AttentionFact) =>
  record(({ reason, attention: number }: Attention) => ({
    ...{ fact: name, reason },
    ...(number === undefined ? {} : { attention: number }),
  }));

const refusal = ({ lines }: IntegrationData<typeof stockRefused.name>): OrderFact => ({
  fact: 'stock-refused',
  reason: lines.every(({ known }) => known) ? 'out-of-stock' : 'unknown-sku',
  skus: lines.map(({ sku }) => sku),
});

/** What orders does on hearing the others: it records each word, and draws its conclusion from all of them. */
export const ordersReactions: Reactions<'orders', OrdersCommand, OrdersRejection> = {
  'follow-progress': {
    on: {
      [stockReserved.name]: plain('stock-reserved'),
      [stockRefused.name]: record(refusal),
      [stockReleased.name]: plain('stock-released'),
      [stockCommitted.name]: plain('stock-committed'),
      [stockHoldExpired.name]: plain('stock-hold-expired'),
      [stockNeedsAttention.name]: attention('stock-needs-attention'),
      [paymentAuthorized.name]: plain('payment-authorized'),
      [paymentDeclined.name]: reasoned('payment-declined'),
      [paymentCaptured.name]: plain('payment-captured'),
      [paymentVoided.name]: plain('payment-voided'),
      // A return gives back money for an order that has ended well, and changes nothing about that.
      [paymentRefunded.name]: (refund, context) =>
        refund.cause === 'undo' ? plain('payment-refunded')(refund, context) : [],
      [paymentAuthorizationExpired.name]: plain('payment-authorization-expired'),
      [paymentNeedsAttention.name]: attention('payment-needs-attention'),
      [shipmentBooked.name]: plain('shipment-booked'),
      [shipmentRefused.name]: reasoned('shipment-refused'),
      [shipmentDispatched.name]: plain('shipment-dispatched'),
      [shipmentDelivered.name]: plain('shipment-delivered'),
      [shipmentCancelled.name]: plain('shipment-cancelled'),
      [shipmentCancelRefused.name]: plain('shipment-cancel-refused'),
      [shipmentNeedsAttention.name]: attention('shipment-needs-attention'),
    },
    stale: [],
  },
};
