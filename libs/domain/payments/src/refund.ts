import { accept, reject, type Decision, type Of } from '@murmuration/kernel';
import { REFUNDS_MAX, type PaymentCommand, type PaymentEvent, type PaymentRejection } from './payment.messages';
import type { Payment, Refund } from './payment.state';

type Captured = Extract<Payment, { readonly status: 'captured' }>;

/** Gives back money after the order was shipped: in parts too, but never more than was captured. */
export const requestRefund = (
  { orderId, refundId, amountMinor, now }: Of<PaymentCommand, 'RequestRefund'>,
  payment: Payment,
): Decision<PaymentEvent, PaymentRejection> => {
  if (payment.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  if (payment.status !== 'captured') return reject({ type: 'NotCaptured', orderId, status: payment.status });
  if (!payment.dispatched) return reject({ type: 'NotDispatched', orderId });
  const known = payment.refunds.find((refund) => refund.refundId === refundId);
  if (known !== undefined)
    return known.amountMinor === amountMinor && !isOff(known) ? accept() : reject({ type: 'RefundIdTaken', refundId });
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1)
    return reject({ type: 'AmountOutOfBounds', min: 1, max: payment.amountMinor });
  const refundableMinor = refundableOf(payment);
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

/** What may still be given back: all that was captured but what was, or may yet be, given back by calls under way. */
export const refundableOf = ({ amountMinor, refunds }: Pick<Captured, 'amountMinor' | 'refunds'>): number =>
  refunds.reduce((left, refund) => left - (isOff(refund) ? 0 : refund.amountMinor), amountMinor);

/** The money of this refund stays where it is. */
export const isOff = ({ answer }: Refund): boolean => answer === 'refused' || answer === 'abandoned';
