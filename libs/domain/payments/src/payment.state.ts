import { assert, unreachable, type Currency, type Instant } from '@murmuration/kernel';
import { effectKey, type Charge, type PaymentEvent, type RefundCause } from './payment.messages';

/** What is known of the answer to a call: still waited for, not waited for any longer, no, or yes. */
export type Answer = 'awaited' | 'gave-up' | 'refused' | 'done';

export type Refund = {
  readonly refundId: string;
  readonly cause: RefundCause;
  readonly amountMinor: number;
  readonly answer: Answer;
};

type Amount = { readonly amountMinor: number; readonly currency: Currency };
type Unfinished = { readonly answer: Exclude<Answer, 'done'> };

/** The payment of one order. The order and the reservation of its stock may be heard in either order. */
export type Payment =
  | { readonly status: 'absent' }
  | { readonly status: 'order-noted'; readonly charge: Charge }
  | { readonly status: 'reservation-noted' }
  | (Amount & Unfinished & { readonly status: 'authorizing'; readonly undo: boolean })
  | { readonly status: 'declined'; readonly reason: string }
  | (Amount & {
      readonly status: 'authorized';
      readonly providerReference: string;
      readonly expiresAt: Instant;
      readonly expired: boolean;
    })
  | (Amount & Unfinished & { readonly status: 'capturing' })
  | (Amount & { readonly status: 'captured'; readonly dispatched: boolean; readonly refunds: readonly Refund[] })
  | (Amount & Unfinished & { readonly status: 'voiding' })
  | { readonly status: 'voided'; readonly amountMinor: number };

export const absentPayment: Payment = { status: 'absent' };

export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  switch (event.type) {
    case 'OrderNoted': {
      const { amountMinor, currency, paymentToken } = event;
      return { status: 'order-noted', charge: { amountMinor, currency, paymentToken } };
    }
    case 'StockReservationNoted':
      return { status: 'reservation-noted' };
    case 'AuthorizationRequested':
      assert(
        payment.status === 'order-noted' || payment.status === 'reservation-noted',
        'authorised when both are known',
      );
      return { status: 'authorizing', ...amountOf(event), undo: false, answer: 'awaited' };
    case 'PaymentUndoNoted':
      assert(payment.status === 'authorizing', 'an undo waits only for the provider');
      return { ...payment, undo: true };
    case 'PaymentAuthorized': {
      assert(payment.status === 'authorizing', 'authorised as requested');
      const { providerReference, expiresAt } = event;
      return { status: 'authorized', ...amountOf(event), providerReference, expiresAt, expired: false };
    }
    case 'PaymentDeclined':
      assert(payment.status === 'authorizing', 'declined as requested');
      return { status: 'declined', reason: event.reason };
    case 'PaymentAuthorizationExpired':
      assert(payment.status === 'authorized', 'only an authorisation expires');
      return { ...payment, expired: true };
    case 'CaptureRequested':
      assert(payment.status === 'authorized', 'only what is authorised is captured');
      return { status: 'capturing', ...amountOf(event), answer: 'awaited' };
    case 'PaymentCaptured':
      assert(payment.status === 'authorized' || payment.status === 'capturing', 'captured as authorised or requested');
      return { status: 'captured', ...amountOf(event), dispatched: payment.status === 'capturing', refunds: [] };
    case 'DispatchNoted':
      assert(payment.status === 'captured', 'captured before the parcel left');
      return { ...payment, dispatched: true };
    case 'VoidRequested':
      assert(payment.status === 'authorized', 'only what is authorised is voided');
      return { status: 'voiding', amountMinor: payment.amountMinor, currency: payment.currency, answer: 'awaited' };
    case 'PaymentVoided':
      assert(event.held === (payment.status === 'voiding'), 'a void says whether there was an authorisation');
      return { status: 'voided', amountMinor: event.amountMinor };
    case 'RefundRequested': {
      assert(payment.status === 'captured', 'only what is captured is refunded');
      const { refundId, cause, amountMinor } = event;
      return { ...payment, refunds: [...payment.refunds, { refundId, cause, amountMinor, answer: 'awaited' }] };
    }
    case 'PaymentRefunded':
      assert(payment.status === 'captured', 'only what is captured is refunded');
      return withRefundAnswered(payment, event.orderId, effectKey.refund(event.orderId, event.refundId), 'done');
    case 'PaymentNeedsAttention':
      if (payment.status === 'captured') return withRefundAnswered(payment, event.orderId, event.key, event.outcome);
      assert('answer' in payment, 'attention is for a call that was made');
      return { ...payment, answer: event.outcome };
    default:
      return unreachable(event);
  }
};

const amountOf = ({ amountMinor, currency }: Amount): Amount => ({ amountMinor, currency });

const withRefundAnswered = (
  payment: Extract<Payment, { readonly status: 'captured' }>,
  orderId: string,
  key: string,
  answer: Answer,
): Payment => ({
  ...payment,
  refunds: payment.refunds.map((refund) =>
    effectKey.refund(orderId, refund.refundId) === key ? { ...refund, answer } : refund,
  ),
});
