import { reasonOf } from '@murmuration/contracts';
import { accept, attemptOf, isAhead, reject, type Decision, type Of, type SettledEffect } from '@murmuration/kernel';
import {
  effectKey,
  UNDO_REFUND_ID,
  type PaymentCommand,
  type PaymentEvent,
  type PaymentRejection,
  type ProviderReceipt,
} from './payment.messages';
import type { Call, Payment } from './payment.state';
import { isOff, refundableOf } from './refund';

type Report = Of<PaymentCommand, 'ReportProviderOutcome'>;
type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;
type Outcome = SettledEffect<ProviderReceipt>;

/**
 * Hears what the provider answered to a call. The effect runner and the provider's webhook may both report one answer, in
 * either order and repeatedly: reports are merged by key, and the first that says yes or no counts.
 */
export const reportOutcome = (report: Report, payment: Payment): PaymentDecision => {
  switch (attemptOf(report.key).plainKey) {
    case effectKey.authorize(report.orderId):
      return onAuthorization(report, payment);
    case effectKey.capture(report.orderId):
      return onCapture(report, payment);
    case effectKey.void(report.orderId):
      return onVoid(report, payment);
    default:
      return onRefund(report, payment);
  }
};

const onAuthorization = (report: Report, payment: Payment): PaymentDecision => {
  const { orderId, key, outcome, now } = report;
  switch (payment.status) {
    case 'absent':
    case 'order-noted':
    case 'reservation-noted':
      return reject({ type: 'NoSuchRequest', key });
    case 'authorizing':
      if (!isNews(report, payment)) return accept();
      if (outcome.outcome === 'refused')
        return accept({ type: 'PaymentDeclined', orderId, reason: reasonOf(outcome.reason), declinedAt: now });
      return outcome.outcome === 'done'
        ? accept(...authorized(report, payment, outcome.result))
        : accept(needsAttention(report, payment, 'authorisation', outcome));
    default:
      return accept();
  }
};

/** An authorisation, captured too where the method knows nothing else, and given back at once if an undo waits for it. */
const authorized = (
  { orderId, now }: Report,
  { amountMinor, currency, undo }: Extract<Payment, { readonly status: 'authorizing' }>,
  { providerReference, captured, expiresAt }: ProviderReceipt,
): readonly PaymentEvent[] => {
  const amount = { amountMinor, currency };
  const authorization = {
    type: 'PaymentAuthorized',
    orderId,
    ...amount,
    providerReference,
    authorizedAt: now,
    expiresAt,
  } as const;
  if (captured) {
    const capture = { type: 'PaymentCaptured', orderId, ...amount, capturedAt: now } as const;
    const refund = { type: 'RefundRequested', orderId, refundId: UNDO_REFUND_ID, cause: 'undo', ...amount } as const;
    const forGood = { ...authorization, captured } as const;
    return undo ? [forGood, capture, { ...refund, requestedAt: now }] : [forGood, capture];
  }
  return undo ? [authorization, { type: 'VoidRequested', orderId, amountMinor, requestedAt: now }] : [authorization];
};

const onCapture = (report: Report, payment: Payment): PaymentDecision => {
  const { orderId, key, outcome, now } = report;
  if (payment.status === 'captured') return accept();
  if (payment.status !== 'capturing' || isAhead(key, payment)) return reject({ type: 'NoSuchRequest', key });
  if (!isNews(report, payment)) return accept();
  if (outcome.outcome !== 'done') return accept(needsAttention(report, payment, 'capture', outcome));
  const { amountMinor, currency } = payment;
  return accept({ type: 'PaymentCaptured', orderId, amountMinor, currency, capturedAt: now, ...laterKey(key) });
};

const onVoid = (report: Report, payment: Payment): PaymentDecision => {
  const { orderId, key, outcome, now } = report;
  if (payment.status === 'voided') return accept();
  if (payment.status !== 'voiding' || isAhead(key, payment)) return reject({ type: 'NoSuchRequest', key });
  if (!isNews(report, payment)) return accept();
  if (outcome.outcome !== 'done') return accept(needsAttention(report, payment, 'void', outcome));
  const { amountMinor } = payment;
  return accept({ type: 'PaymentVoided', orderId, held: true, amountMinor, voidedAt: now, ...laterKey(key) });
};

const onRefund = (report: Report, payment: Payment): PaymentDecision => {
  const { orderId, key, outcome, now } = report;
  const { plainKey } = attemptOf(key);
  const refunds = payment.status === 'captured' ? payment.refunds : [];
  const refund = refunds.find(({ refundId }) => effectKey.refund(orderId, refundId) === plainKey);
  if (payment.status !== 'captured' || refund === undefined || isAhead(key, refund))
    return reject({ type: 'NoSuchRequest', key });
  if (!isNews(report, refund)) return accept();
  if (outcome.outcome !== 'done') return accept(needsAttention(report, payment, `refund ${refund.refundId}`, outcome));
  const { refundId, cause, amountMinor } = refund;
  const refundableMinor = refundableOf(payment);
  if (isOff(refund) && amountMinor > refundableMinor) return reject({ type: 'RefundExceedsCaptured', refundableMinor });
  const { currency } = payment;
  const refunded = {
    type: 'PaymentRefunded',
    orderId,
    refundId,
    cause,
    amountMinor,
    currency,
    refundedAt: now,
  } as const;
  return accept({ ...refunded, ...laterKey(key) });
};

/** The key of a call, where its event does not tell it by itself. */
const laterKey = (key: string): { readonly key?: string } => (attemptOf(key).attempt === 1 ? {} : { key });

/**
 * A yes or no settles a call once; that nobody answered is only said once, and an answer may still come, even after the call
 * was settled by hand as never to be. What is said of an attempt before this one is no news: it was refused.
 */
const isNews = ({ key, outcome: { outcome } }: Report, { answer, attempt }: Call): boolean => {
  if (attemptOf(key).attempt !== attempt) return false;
  if (answer === 'awaited') return true;
  return (answer === 'gave-up' && outcome !== 'gave-up') || (answer === 'abandoned' && outcome === 'done');
};

const needsAttention = (
  { orderId, key, now }: Report,
  { attentions }: Payment,
  call: string,
  { outcome, reason }: Exclude<Outcome, { readonly outcome: 'done' }>,
): PaymentEvent => ({
  type: 'PaymentNeedsAttention',
  orderId,
  key,
  outcome,
  reason: reasonOf(
    outcome === 'refused' ? `the provider refused the ${call}: ${reason}` : `no answer to the ${call}: ${reason}`,
  ),
  since: now,
  attention: attentions + 1,
});
