import { actor, amountMinor, currency, instant, orderId, reason, settledByHand } from '@murmuration/contracts';
import { callsOf, needsPerson, type NamedCall, type Payment, type Refund } from '@murmuration/domain-payments';
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

const key = z.string().min(1).max(KEY_CHARS_MAX);
const receipt = z.strictObject({
  providerReference: z.string().min(1).max(REFERENCE_CHARS_MAX),
  captured: z.boolean(),
  expiresAt: instant,
});

/** Makes calls once more that were refused or never answered: all of them, or the one with this key. */
export const callRetry = z.strictObject({ actor, reason, key: key.optional() });
export type CallRetry = z.infer<typeof callRetry>;

/** What became of such a call, as it was found or settled at the provider by hand. */
export const callResolution = z.strictObject({
  actor,
  reason,
  /** Needed when there are several. */
  key: key.optional(),
  outcome: settledByHand,
  /** Needed for an authorisation that is done. */
  receipt: receipt.optional(),
});
export type CallResolution = z.infer<typeof callResolution>;

/** What the payment provider tells by itself, before, after or instead of its answer to a call. */
export const providerNotice = z.strictObject({
  /** The provider's own id of this notice: the same notice twice is one. */
  eventId: z.string().min(1).max(REFERENCE_CHARS_MAX),
  orderId,
  /** The idempotency key of the call that it is about. */
  key,
  outcome: z.discriminatedUnion('outcome', [
    z.strictObject({
      outcome: z.literal('done'),
      result: receipt,
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
  /** The calls that need a person, with what was said of them. */
  attention: z
    .array(
      z.object({
        key: z.string(),
        call: z.enum(['authorize', 'capture', 'void', 'refund']),
        answer: z.enum(['gave-up', 'refused']),
        reasons: z.array(z.object({ attention: z.int(), reason, since: instant })).readonly(),
      }),
    )
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

const shownRefund = ({ refundId, cause, amountMinor, answer }: Refund) => ({ refundId, cause, amountMinor, answer });

const shownCall = ({ key, effect, call: { answer, raised } }: NamedCall) => {
  assert(answer === 'gave-up' || answer === 'refused', 'a call that needs a person');
  return { key, call: effect.type, answer, reasons: raised };
};

export const paymentView: View<Payment> = (payment, { id, version }): z.infer<typeof shownPayment> => {
  assert(payment.status !== 'absent', 'a payment that was written');
  const attention = callsOf(id, payment).filter(needsPerson).map(shownCall);
  return {
    orderId: id,
    version,
    status: payment.status,
    ...('currency' in payment ? { currency: payment.currency } : {}),
    ...amountsOf(payment),
    ...('reason' in payment ? { reason: payment.reason } : {}),
    ...('refunds' in payment ? { refunds: payment.refunds.map(shownRefund) } : {}),
    ...(attention.length === 0 ? {} : { attention }),
  };
};
