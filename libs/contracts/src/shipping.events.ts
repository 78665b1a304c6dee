import { instant as at } from '@murmuration/kernel';
import { z } from 'zod';
import { attention, handled, settledByHand } from './attention';
import { declareEvent } from './event-contract';
import { instant, orderId, reason } from './fields';

const event = declareEvent('shipping');
const EXAMPLE_ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const EXAMPLE_TIME = at('2026-03-01T09:30:00.300Z');

export const shipmentBooked = event('shipment-booked', {
  key: 'orderId',
  schema: z.object({ orderId, carrierReference: z.string().min(1).max(80), bookedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, carrierReference: 'CR-7F3A', bookedAt: EXAMPLE_TIME },
});

export const shipmentRefused = event('shipment-refused', {
  key: 'orderId',
  schema: z.object({ orderId, reason, refusedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, reason: 'country_not_served', refusedAt: EXAMPLE_TIME },
});

export const shipmentDispatched = event('shipment-dispatched', {
  key: 'orderId',
  schema: z.object({ orderId, dispatchedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, dispatchedAt: EXAMPLE_TIME },
});

export const shipmentDelivered = event('shipment-delivered', {
  key: 'orderId',
  schema: z.object({ orderId, deliveredAt: instant }),
  example: { orderId: EXAMPLE_ORDER, deliveredAt: EXAMPLE_TIME },
});

export const shipmentCancelled = event('shipment-cancelled', {
  key: 'orderId',
  schema: z.object({
    orderId,
    /** False when nothing was booked: the answer to a cancellation that found nothing to undo. */
    held: z.boolean(),
    cancelledAt: instant,
  }),
  example: { orderId: EXAMPLE_ORDER, held: true, cancelledAt: EXAMPLE_TIME },
});

export const shipmentCancelRefused = event('shipment-cancel-refused', {
  key: 'orderId',
  schema: z.object({ orderId, reason: z.enum(['already-dispatched', 'already-delivered']), refusedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, reason: 'already-dispatched', refusedAt: EXAMPLE_TIME },
});

/** The calls to the carrier. */
const carrierCall = z.enum(['book', 'cancel']).optional();

export const shipmentNeedsAttention = event('shipment-needs-attention', {
  key: 'orderId',
  schema: z.object({ orderId, reason, since: instant, attention: attention.optional(), call: carrierCall }),
  example: {
    orderId: EXAMPLE_ORDER,
    reason: 'the carrier gave no answer to a booking for six hours',
    since: EXAMPLE_TIME,
    attention: 1,
    call: 'book',
  },
});

export const shipmentAttentionHandled = event('shipment-attention-handled', {
  key: 'orderId',
  terminal: true,
  schema: z.object({
    ...handled,
    call: carrierCall,
    /** Made once more, settled with the carrier by hand, or answered by the carrier in the end. */
    action: z.enum(['retried', 'resolved', 'answered']),
    /** What became of the call, when it was settled by hand. */
    outcome: settledByHand.optional(),
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    action: 'retried',
    attentions: [1],
    call: 'book',
    actor: 'mira',
    reason: 'the carrier is back',
    handledAt: EXAMPLE_TIME,
  },
});
