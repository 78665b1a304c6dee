import { instant as at } from '@murmuration/kernel';
import { z } from 'zod';
import { attention, handled, settledByHand } from './attention';
import { declareEvent } from './event-contract';
import { amountMinor, currency, instant, orderId, reason } from './fields';

const event = declareEvent('payments');
const EXAMPLE_ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const EXAMPLE_TIME = at('2026-03-01T09:30:00.200Z');

export const paymentAuthorized = event('payment-authorized', {
  key: 'orderId',
  schema: z.object({
    orderId,
    amountMinor,
    currency,
    authorizedAt: instant,
    expiresAt: instant,
    /** Captured at once, where the method knows nothing else: then nothing expires. */
    captured: z.literal(true).optional(),
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    amountMinor: 7870,
    currency: 'EUR',
    authorizedAt: EXAMPLE_TIME,
    expiresAt: at('2026-03-08T09:30:00.200Z'),
  },
});

export const paymentDeclined = event('payment-declined', {
  key: 'orderId',
  schema: z.object({ orderId, reason, declinedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, reason: 'insufficient_funds', declinedAt: EXAMPLE_TIME },
});

export const paymentCaptured = event('payment-captured', {
  key: 'orderId',
  schema: z.object({ orderId, amountMinor, currency, capturedAt: instant }),
  example: { orderId: EXAMPLE_ORDER, amountMinor: 7870, currency: 'EUR', capturedAt: EXAMPLE_TIME },
});

export const paymentVoided = event('payment-voided', {
  key: 'orderId',
  schema: z.object({
    orderId,
    /** False when nothing was authorised: the answer to an undo that found nothing to undo. */
    held: z.boolean(),
    amountMinor,
    voidedAt: instant,
  }),
  example: { orderId: EXAMPLE_ORDER, held: true, amountMinor: 7870, voidedAt: EXAMPLE_TIME },
});

export const paymentRefunded = event('payment-refunded', {
  key: 'orderId',
  schema: z.object({
    orderId,
    refundId: z.string().min(1).max(80),
    /** `undo` gives back what a failed order had captured; `return` gives back money after the order was shipped. */
    cause: z.enum(['undo', 'return']),
    amountMinor,
    currency,
    refundedAt: instant,
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    refundId: 'undo',
    cause: 'undo',
    amountMinor: 7870,
    currency: 'EUR',
    refundedAt: EXAMPLE_TIME,
  },
});

export const paymentAuthorizationExpired = event('payment-authorization-expired', {
  key: 'orderId',
  schema: z.object({ orderId, amountMinor, expiredAt: instant }),
  example: { orderId: EXAMPLE_ORDER, amountMinor: 7870, expiredAt: EXAMPLE_TIME },
});

/** The calls to the payment provider. */
const providerCall = {
  call: z.enum(['authorize', 'capture', 'void', 'refund']).optional(),
  refundId: z.string().min(1).max(80).optional(),
} as const;

export const paymentNeedsAttention = event('payment-needs-attention', {
  key: 'orderId',
  schema: z.object({ orderId, reason, since: instant, attention: attention.optional(), ...providerCall }),
  example: {
    orderId: EXAMPLE_ORDER,
    reason: 'the provider gave no answer to a void for six hours',
    since: EXAMPLE_TIME,
    attention: 1,
    call: 'void',
  },
});

export const paymentAttentionHandled = event('payment-attention-handled', {
  key: 'orderId',
  terminal: true,
  schema: z.object({
    ...handled,
    ...providerCall,
    /** Made once more, or settled at the provider by hand. */
    action: z.enum(['retried', 'resolved']),
    /** What became of the call, when it was settled by hand. */
    outcome: settledByHand.optional(),
    /** Authorised, but never to be captured: the house bears it. */
    writtenOffMinor: amountMinor.optional(),
  }),
  example: {
    orderId: EXAMPLE_ORDER,
    action: 'resolved',
    attentions: [1],
    call: 'void',
    outcome: 'done',
    actor: 'mira',
    reason: 'voided at the provider by hand',
    handledAt: EXAMPLE_TIME,
  },
});
