import { amountMinor, currency, instant, orderId, reason } from '@murmuration/contracts';
import type { Payment } from '@murmuration/domain-payments';
import { assert } from '@murmuration/kernel';
import type { View } from '@murmuration/platform';
import { z } from 'zod';

export { orderId } from '@murmuration/contracts';

const REFUND_ID_CHARS_MAX = 64;
const KEY_CHARS_MAX = 200;
const REFERENCE_CHARS_MAX = 80;

const refundId = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, 'must be letters, digits or any of . _ -')
  .max(REFUND_ID_CHARS_MAX);

export const newRefund = z.strictObject({
  /** Names the refund; the request's own id when it is left out. */
  refundId: refundId.optional(),
  amountMinor: amountMinor.min(1),
});
export type NewRefund = z.infer<typeof newRefund>;

/** What the payment provider tells by itself, before, after or instead of its answer to a call. */
export const providerNotice = z.strictObject({
  /** The provider's own id of this notice: the same notice twice is one. */
  eventId: z.string().min(1).max(REFERENCE_CHARS_MAX),
  orderId,
  /** The idempotency key of the call that it is about. */
  key: z.string().min(1).max(KEY_CHARS_MAX),
  outcome: z.discriminatedUnion('outcome', [
    z.strictObject({
      outcome: z.literal('done'),
      result: z.strictObject({
        providerReference: z.string().min(1).max(REFERENCE_CHARS_MAX),
        captured: z.boolean(),
        expiresAt: instant,
      }),
    }),
    z.strictObject({ outcome: z.literal('refused'), reason }),
  ]),
});
export type ProviderNotice = z.infer<typeof providerNotice>;

export const shownPayment = z.object({
  orderId,
  version: z.int(),
  status: z.string(),
  currency: currency.optional(),
  authorizedMinor: amountMinor,
  capturedMinor: amountMinor,
  voidedMinor: amountMinor,
  refundedMinor: amountMinor,
  reason: z.string().optional(),
  refunds: z
    .array(z.object({ refundId: z.string(), cause: z.string(), amountMinor, answer: z.string() }))
    .readonly()
    .optional(),
});

const NOTHING = { authorizedMinor: 0, capturedMinor: 0, voidedMinor: 0, refundedMinor: 0 };

const amountsOf = (payment: Payment): typeof NOTHING => {
  switch (payment.status) {
    case 'authorized':
    case 'capturing':
    case 'voiding':
      return { ...NOTHING, authorizedMinor: payment.amountMinor };
    case 'captured': {
      const { amountMinor: authorizedMinor, refunds } = payment;
      const refundedMinor = refunds.reduce(
        (sum, { answer, amountMinor }) => sum + (answer === 'done' ? amountMinor : 0),
        0,
      );
      return { ...NOTHING, authorizedMinor, capturedMinor: authorizedMinor, refundedMinor };
    }
    case 'voided':
      return { ...NOTHING, authorizedMinor: payment.amountMinor, voidedMinor: payment.amountMinor };
    default:
      return NOTHING;
  }
};

export const paymentView: View<Payment> = (payment, { id, version }): z.infer<typeof shownPayment> => {
  assert(payment.status !== 'absent', 'a payment that was written');
  return {
    orderId: id,
    version,
    status: payment.status,
    ...('currency' in payment ? { currency: payment.currency } : {}),
    ...amountsOf(payment),
    ...('reason' in payment ? { reason: payment.reason } : {}),
    ...('refunds' in payment ? { refunds: payment.refunds } : {}),
  };
};
