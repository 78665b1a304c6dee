import {
  assert,
  attemptOf,
  BEGUN,
  unreachable,
  type Currency,
  type EffectCall,
  type Instant,
} from '@murmuration/kernel';
import { effectKey, type Charge, type PaymentEvent, type RefundCause } from './payment.messages';

/** What is known of the answer to a call: still waited for, not waited for any longer, no, yes, or settled by hand as never to be. */
export type Answer = 'awaited' | 'gave-up' | 'refused' | 'abandoned' | 'done';

export type Call = EffectCall<Answer>;

export type Refund = Call & {
  readonly refundId: string;
  readonly cause: RefundCause;
  readonly amountMinor: number;
};

type Amount = { readonly amountMinor: number; readonly currency: Currency };

type Stage =
  | { readonly status: 'absent' }
  | { readonly status: 'order-noted'; readonly charge: Charge }
  | { readonly status: 'reservation-noted' }
  | (Charge & Call & { readonly status: 'authorizing'; readonly undo: boolean })
  | { readonly status: 'declined'; readonly reason: string }
  | (Amount & {
      readonly status: 'authorized';
      readonly providerReference: string;
      readonly expiresAt: Instant;
      readonly expired: boolean;
    })
  | (Amount & Call & { readonly status: 'capturing' })
  | (Amount & { readonly status: 'captured'; readonly dispatched: boolean; readonly refunds: readonly Refund[] })
  | (Amount & Call & { readonly status: 'voiding' })
  | { readonly status: 'voided'; readonly amountMinor: number };

/** The payment of one order. The order and the reservation of its stock may be heard in either order. */
export type Payment = Stage & {
  /** How often a person was called. */
  readonly attentions: number;
};

export const absentPayment: Payment = { status: 'absent', attentions: 0 };

export const evolve = (payment: Payment, event: PaymentEvent): Payment => ({
  ...stageAfter(payment, event),
  attentions: payment.attentions + (event.type === 'PaymentNeedsAttention' ? 1 : 0),
});

const stageAfter = (payment: Payment, event: PaymentEvent): Stage => {
  switch (event.type) {
    case 'OrderNoted':
      return { status: 'order-noted', charge: chargeOf(event) };
    case 'StockReservationNoted':
      return { status: 'reservation-noted' };
    case 'AuthorizationRequested':
      assert(
        payment.status === 'order-noted' || payment.status === 'reservation-noted',
        'authorised when both are known',
      );
      return { status: 'authorizing', ...BEGUN, ...chargeOf(event), undo: false };
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
      return { status: 'capturing', ...BEGUN, ...amountOf(event) };
    case 'PaymentCaptured':
      assert(payment.status === 'authorized' || payment.status === 'capturing', 'captured as authorised or requested');
      return { status: 'captured', ...amountOf(event), dispatched: payment.status === 'capturing', refunds: [] };
    case 'DispatchNoted':
      assert(payment.status === 'captured', 'captured before the parcel left');
      return { ...payment, dispatched: true };
    case 'VoidRequested':
      assert(payment.status === 'authorized', 'only what is authorised is voided');
      return { status: 'voiding', ...BEGUN, ...amountOf(payment) };
    case 'PaymentVoided':
      assert(event.held === (payment.status === 'voiding'), 'a void says whether there was an authorisation');
      return { status: 'voided', amountMinor: event.amountMinor };
    case 'RefundRequested': {
      assert(payment.status === 'captured', 'only what is captured is refunded');
      const { refundId, cause, amountMinor } = event;
      return { ...payment, refunds: [...payment.refunds, { refundId, cause, amountMinor, ...BEGUN }] };
    }
    case 'PaymentRefunded':
      assert(payment.status === 'captured', 'only what is captured is refunded');
      return withRefund(payment, event.refundId, (refund) => ({ ...refund, answer: 'done', raised: [] }));
    case 'PaymentNeedsAttention':
      return withCall(payment, event, (call) => ({
        ...call,
        answer: event.outcome,
        raised: [...call.raised, { attention: payment.attentions + 1, reason: event.reason, since: event.since }],
      }));
    case 'PaymentRetryRequested': {
      const { attempt } = attemptOf(event.key);
      return withCall(payment, event, (call) => ({ ...call, answer: 'awaited', attempt, raised: [] }));
    }
    case 'PaymentAttentionResolved':
      return withCall(payment, event, (call) => ({
        ...call,
        answer: event.outcome === 'not-done' ? 'abandoned' : call.answer,
        raised: [],
      }));
    default:
      return unreachable(event);
  }
};

const amountOf = ({ amountMinor, currency }: Amount): Amount => ({ amountMinor, currency });

const chargeOf = ({ amountMinor, currency, paymentToken }: Charge): Charge => ({
  amountMinor,
  currency,
  paymentToken,
});

type Captured = Extract<Payment, { readonly status: 'captured' }>;

const withRefund = (payment: Captured, refundId: string, change: (refund: Refund) => Refund): Captured => ({
  ...payment,
  refunds: payment.refunds.map((refund) => (refund.refundId === refundId ? change(refund) : refund)),
});

/** The payment after a change of the call with this key: of a refund, or of the one call that is under way. */
const withCall = (
  payment: Payment,
  { orderId, key }: { readonly orderId: string; readonly key: string },
  change: <Changed extends Call>(call: Changed) => Changed,
): Payment => {
  if (payment.status === 'captured') {
    const { plainKey } = attemptOf(key);
    const refund = payment.refunds.find(({ refundId }) => effectKey.refund(orderId, refundId) === plainKey);
    assert(refund !== undefined, 'a refund that was requested');
    return withRefund(payment, refund.refundId, change);
  }
  assert('answer' in payment, 'a call that was made');
  return change(payment);
};
