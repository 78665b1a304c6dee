import { instant as at } from '@murmuration/kernel';
import { z } from 'zod';
import { attention, handled } from './attention';
import { declareEvent } from './event-contract';
import {
  amountMinor,
  currency,
  customerId,
  instant,
  orderId,
  orderLine,
  ORDER_LINES_MAX,
  paymentToken,
  reason,
  shipTo,
  sku,
} from './fields';

const event = declareEvent('orders');
const EXAMPLE_ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const EXAMPLE_TIME = at('2026-03-01T09:30:00.000Z');

export const orderSubmitted = event('order-submitted', {
  key: 'orderId',
  schema: z.object({
    orderId,
    customerId,
    lines: z.array(orderLine).min(1).max(ORDER_LINES_MAX),
    totalMinor: amountMinor,
    currency,
    paymentToken,
    shipTo,
    submittedAt: instant,
    /** When the order must have come to an end at the latest. */
    deadlineAt: instant,
  }),
  personal: { paymentToken: ['payments.note-order'], shipTo: ['shipping.note-order'] },
  example: {
    orderId: EXAMPLE_ORDER,
    customerId: 'c-1001',
    lines: [
      { sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 },
      { sku: 'TEA-ASSAM', quantity: 1, unitPriceMinor: 890 },
    ],
    totalMinor: 7870,
    currency: 'EUR',
    paymentToken: 'tok_ok',
    shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' },
    submittedAt: EXAMPLE_TIME,
    deadlineAt: at('2026-03-01T09:45:00.000Z'),
  },
});

export const cancellationReason = z.enum([
  'customer-requested',
  'operator-requested',
  'deadline-exceeded',
  'stock-hold-expired',
  'authorization-expired',
]);

export const orderCancellationRequested = event('order-cancellation-requested', {
  key: 'orderId',
  schema: z.object({ orderId, reason: cancellationReason, requestedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, reason: 'customer-requested', requestedAt: EXAMPLE_TIME },
});

export const orderCompleted = event('order-completed', {
  key: 'orderId',
  terminal: true,
  schema: z.object({ orderId, completedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, completedAt: EXAMPLE_TIME },
});

export const orderDelivered = event('order-delivered', {
  key: 'orderId',
  terminal: true,
  schema: z.object({ orderId, deliveredAt: instant }),
  example: { orderId: EXAMPLE_ORDER, deliveredAt: EXAMPLE_TIME },
});

export const orderCancelled = event('order-cancelled', {
  key: 'orderId',
  terminal: true,
  schema: z.object({
    orderId,
    reason: z.enum([...cancellationReason.options, 'payment-declined', 'shipment-refused']),
    /** The provider's or carrier's own word, where there is one. */
    detail: reason.optional(),
    cancelledAt: instant,
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    reason: 'payment-declined',
    detail: 'insufficient_funds',
    cancelledAt: EXAMPLE_TIME,
  },
});

export const orderRejected = event('order-rejected', {
  key: 'orderId',
  terminal: true,
  schema: z.object({
    orderId,
    reason: z.enum(['out-of-stock', 'unknown-sku']),
    skus: z.array(sku).min(1),
    rejectedAt: instant,
  }),
  example: { orderId: EXAMPLE_ORDER, reason: 'out-of-stock', skus: ['KETTLE-1L'], rejectedAt: EXAMPLE_TIME },
});

export const orderNeedsAttention = event('order-needs-attention', {
  key: 'orderId',
  terminal: true,
  schema: z.object({ orderId, reason, since: instant, attention: attention.optional() }),
  example: {
    orderId: EXAMPLE_ORDER,
    reason: 'no answer from shipping before the deadline',
    since: EXAMPLE_TIME,
    attention: 1,
  },
});

export const orderAttentionHandled = event('order-attention-handled', {
  key: 'orderId',
  terminal: true,
  schema: z.object({
    ...handled,
    /** Waited for anew, asked to be cancelled whatever was decided before, or settled by hand. */
    action: z.enum(['retried', 'cancellation-forced', 'resolved']),
    /** How the order ends, when it was settled by hand. */
    outcome: z.enum(['completed', 'cancelled']).optional(),
    /** When a person is called again, unless it comes to an end before. */
    deadlineAt: instant.optional(),
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    action: 'retried',
    attentions: [1],
    actor: 'mira',
    reason: 'the carrier is back',
    handledAt: EXAMPLE_TIME,
    deadlineAt: at('2026-03-01T09:45:00.000Z'),
  },
});
