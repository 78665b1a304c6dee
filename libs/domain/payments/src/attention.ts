import { accept, assert, numbersOf, reject, type Decision, type Of } from '@murmuration/kernel';
import {
  effectKey,
  type PaymentCommand,
  type PaymentEffect,
  type PaymentEvent,
  type PaymentRejection,
} from './payment.messages';
import type { Call, Payment, Refund } from './payment.state';
import { reportOutcome } from './provider-outcome';
import { isOff, refundableOf } from './refund';

type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;

/** A call to the provider: the key it was made with, and how it is made. */
export type NamedCall = {
  readonly key: string;
  readonly call: Call;
  readonly effect: PaymentEffect;
  /** The key of the next attempt, after a refusal. */
  readonly nextKey: string;
  readonly refund?: Refund;
};

/** The calls that are under way, and the refunds of every kind. */
export const callsOf = (orderId: string, payment: Payment): readonly NamedCall[] => {
  switch (payment.status) {
    case 'authorizing': {
      const { amountMinor, currency, paymentToken } = payment;
      const key = effectKey.authorize(orderId);
      // A refusal is a decline, so that there is no second attempt.
      const effect = { type: 'authorize', orderId, amountMinor, currency, paymentToken } as const;
      return [{ key, nextKey: key, call: payment, effect }];
    }
    case 'capturing': {
      const { amountMinor, currency, attempt } = payment;
      const effect = { type: 'capture', orderId, amountMinor, currency } as const;
      return [{ ...keysOf((nth) => effectKey.capture(orderId, nth), attempt), call: payment, effect }];
    }
    case 'voiding': {
      const effect = { type: 'void', orderId } as const;
      return [{ ...keysOf((nth) => effectKey.void(orderId, nth), payment.attempt), call: payment, effect }];
    }
    case 'captured':
      return payment.refunds.map((refund) => {
        const { refundId, amountMinor, attempt } = refund;
        const effect = { type: 'refund', orderId, refundId, amountMinor, currency: payment.currency } as const;
        const keys = keysOf((nth) => effectKey.refund(orderId, refundId, nth), attempt);
        return { ...keys, call: refund, effect, refund };
      });
    default:
      return [];
  }
};

const keysOf = (keyOf: (attempt: number) => string, attempt: number): Pick<NamedCall, 'key' | 'nextKey'> => ({
  key: keyOf(attempt),
  nextKey: keyOf(attempt + 1),
});

/** Nobody waits for an answer any more, and nobody has settled it by hand. */
export const needsPerson = ({ call: { answer } }: NamedCall): boolean => answer === 'gave-up' || answer === 'refused';

/** Makes calls once more: under the same key where they may have happened after all, under a new one where they were refused. */
export const retryCall = (command: Of<PaymentCommand, 'RetryCall'>, payment: Payment): PaymentDecision => {
  const { orderId, key } = command;
  if (payment.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  const calls = callsOf(orderId, payment).filter((named) => key === undefined || named.key === key);
  if (key !== undefined && calls.length === 0) return reject({ type: 'NoSuchRequest', key });
  const stuck = calls.filter(needsPerson);
  if (stuck.length === 0) {
    const isTried = calls.some(({ call }) => call.answer === 'awaited');
    return isTried ? accept() : reject({ type: 'NothingNeedsAttention', orderId, status: payment.status });
  }
  const refundableMinor = payment.status === 'captured' ? refundableOf(payment) : 0;
  const newlyAsked = stuck.reduce((sum, { refund }) => sum + (refund && isOff(refund) ? refund.amountMinor : 0), 0);
  if (newlyAsked > refundableMinor) return reject({ type: 'RefundExceedsCaptured', refundableMinor });
  return accept(...stuck.map((named) => retryOf(command, named)));
};

const retryOf = (
  { orderId, actor, reason, now }: Of<PaymentCommand, 'RetryCall'>,
  { key, nextKey, call, effect }: NamedCall,
): PaymentEvent => ({
  type: 'PaymentRetryRequested',
  orderId,
  key: call.answer === 'refused' ? nextKey : key,
  effect,
  attentions: numbersOf(call),
  actor,
  reason,
  requestedAt: now,
});

/** Takes an operator's word for what became of a call; the saga goes on from there as if the provider had said so. */
export const resolveCall = (command: Of<PaymentCommand, 'ResolveCall'>, payment: Payment): PaymentDecision => {
  const { orderId, key, outcome } = command;
  if (payment.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  const calls = callsOf(orderId, payment).filter((named) => key === undefined || named.key === key);
  if (key !== undefined && calls.length === 0) return reject({ type: 'NoSuchRequest', key });
  const [named, another] = calls.filter(needsPerson);
  if (named === undefined) return reject({ type: 'NothingNeedsAttention', orderId, status: payment.status });
  if (another !== undefined)
    return reject({ type: 'CallNotNamed', keys: calls.filter(needsPerson).map((call) => call.key) });
  return outcome === 'done' ? resolveDone(command, named, payment) : resolveNotDone(command, named, payment);
};

const resolveDone = (
  command: Of<PaymentCommand, 'ResolveCall'>,
  named: NamedCall,
  payment: Payment,
): PaymentDecision => {
  const { orderId, receipt, now } = command;
  const { key, effect } = named;
  if (effect.type === 'authorize' && receipt === undefined) return reject({ type: 'ReceiptMissing', key });
  const result = receipt ?? { providerReference: command.actor, captured: effect.type !== 'void', expiresAt: now };
  const report = { type: 'ReportProviderOutcome', orderId, key, outcome: { outcome: 'done', result }, now } as const;
  const { accepted, rejected } = reportOutcome(report, asThoughAwaited(payment, named));
  return rejected ? reject(rejected) : accept(resolved(command, named), ...accepted);
};

const resolveNotDone = (
  command: Of<PaymentCommand, 'ResolveCall'>,
  named: NamedCall,
  payment: Payment,
): PaymentDecision => {
  const { orderId, reason, now } = command;
  const { key, effect, refund } = named;
  switch (effect.type) {
    case 'authorize':
      return accept<PaymentEvent>(resolved(command, named), {
        type: 'PaymentDeclined',
        orderId,
        reason,
        declinedAt: now,
      });
    case 'capture':
      assert(payment.status === 'capturing', 'a capture that was asked for');
      return accept({ ...resolved(command, named), writtenOffMinor: payment.amountMinor });
    case 'void':
      return reject({ type: 'MustBeUndone', key });
    case 'refund':
      return refund?.cause === 'undo' ? reject({ type: 'MustBeUndone', key }) : accept(resolved(command, named));
  }
};

const resolved = (
  { orderId, outcome, actor, reason, now }: Of<PaymentCommand, 'ResolveCall'>,
  { key, call }: NamedCall,
): Of<PaymentEvent, 'PaymentAttentionResolved'> => ({
  ...{ type: 'PaymentAttentionResolved', orderId, key, outcome, attentions: numbersOf(call), actor, reason },
  resolvedAt: now,
});

/** The refusal of a call does not bind an operator, who has settled it in another way; what bounds the amounts still does. */
const asThoughAwaited = (payment: Payment, { refund }: NamedCall): Payment => {
  if (payment.status === 'captured')
    return {
      ...payment,
      refunds: payment.refunds.map((known) => (known === refund ? { ...known, answer: 'abandoned' } : known)),
    };
  return 'answer' in payment ? { ...payment, answer: 'awaited' } : payment;
};
