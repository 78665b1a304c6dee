import { accept, reject, type Decision, type Of } from '@murmuration/kernel';
import { REFUNDS_MAX, type PaymentCommand, type PaymentEvent, type PaymentRejection } from './payment.messages';
import type { Payment, Refund } from './payment.state';

/** Gives back money after the order was shipped: in parts too, but never more than was captured. */
export const requestRefund = (
  { orderId, refundId, amountMinor, now }: Of<PaymentCommand, 'RequestRefund'>,
  payment: Payment,
): Decision<PaymentEvent, PaymentRejection> => {
  if (payment.status !== 'captured') return reject({ type: 'NotCaptured', orderId, status: payment.status });
  if (!payment.dispatched) return reject({ type: 'NotDispatched', orderId });
  const known = payment.refunds.find((refund) => refund.refundId === refundId);
  if (known !== undefined)
    return known.amountMinor === amountMinor && known.answer !== 'refused'
      ? accept()
      : reject({ type: 'RefundIdTaken', refundId });
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1)
    return reject({ type: 'AmountOutOfBounds', min: 1, max: payment.amountMinor });
  const refundableMinor = payment.amountMinor - givenBackMinor(payment.refunds);
  if (amountMinor > refundableMinor) return reject({ type: 'RefundExceedsCaptured', refundableMinor });
  if (payment.refunds.length >= REFUNDS_MAX) return reject({ type: 'TooManyRefunds', max: REFUNDS_MAX });
  const { currency } = payment;
  return accept({
    type: 'RefundRequested',
    orderId,
    refundId,
    cause: 'return',
    amountMinor,
    currency,
    requestedAt: now,
  });
};

/** What was or may yet be given back: everything that the provider has not refused. */
const givenBackMinor = (refunds: readonly Refund[]): number =>
  refunds.reduce((sum, { answer, amountMinor }) => sum + (answer === 'refused' ? 0 : amountMinor), 0);
