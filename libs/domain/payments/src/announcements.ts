import {
  paymentAttentionHandled,
  paymentAuthorizationExpired,
  paymentAuthorized,
  paymentCaptured,
  paymentDeclined,
  paymentNeedsAttention,
  paymentRefunded,
  paymentVoided,
  say,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { attemptOf, unreachable } from '@murmuration/kernel';
import { effectKey, type PaymentEffect, type PaymentEvent } from './payment.messages';

/** What the others are told of an event of ours: outcomes, never intents. */
export const announce = (event: PaymentEvent): IntegrationEvent | undefined => {
  const { orderId } = event;
  switch (event.type) {
    case 'PaymentAuthorized': {
      const { amountMinor, currency, authorizedAt, expiresAt, captured } = event;
      const authorization = { orderId, amountMinor, currency, authorizedAt, expiresAt };
      return say(paymentAuthorized, captured ? { ...authorization, captured } : authorization);
    }
    case 'PaymentDeclined':
      return say(paymentDeclined, { orderId, reason: event.reason, declinedAt: event.declinedAt });
    case 'PaymentCaptured': {
      const { amountMinor, currency, capturedAt } = event;
      return say(paymentCaptured, { orderId, amountMinor, currency, capturedAt });
    }
    case 'PaymentVoided': {
      const { held, amountMinor, voidedAt } = event;
      return say(paymentVoided, { orderId, held, amountMinor, voidedAt });
    }
    case 'PaymentRefunded': {
      const { refundId, cause, amountMinor, currency, refundedAt } = event;
      return say(paymentRefunded, { orderId, refundId, cause, amountMinor, currency, refundedAt });
    }
    case 'PaymentAuthorizationExpired': {
      const { amountMinor, expiredAt } = event;
      return say(paymentAuthorizationExpired, { orderId, amountMinor, expiredAt });
    }
    case 'PaymentNeedsAttention':
      return say(paymentNeedsAttention, {
        ...{ orderId, reason: event.reason, since: event.since, ...callOf(event) },
        ...(event.attention === undefined ? {} : { attention: event.attention }),
      });
    case 'PaymentRetryRequested': {
      const { actor, reason, requestedAt: handledAt } = event;
      const attentions = [...event.attentions];
      return say(paymentAttentionHandled, {
        ...{ orderId, action: 'retried', attentions, actor, reason, handledAt, ...callOf(event) },
      });
    }
    case 'PaymentAttentionResolved': {
      const { outcome, actor, reason, resolvedAt: handledAt, writtenOffMinor } = event;
      const attentions = [...event.attentions];
      return say(paymentAttentionHandled, {
        ...{ orderId, action: 'resolved', outcome, attentions, actor, reason, handledAt, ...callOf(event) },
        ...(writtenOffMinor === undefined ? {} : { writtenOffMinor }),
      });
    }
    case 'OrderNoted':
    case 'StockReservationNoted':
    case 'AuthorizationRequested':
    case 'PaymentUndoNoted':
    case 'CaptureRequested':
    case 'DispatchNoted':
    case 'VoidRequested':
    case 'RefundRequested':
      return undefined;
    default:
      return unreachable(event);
  }
};

type CallName = { readonly call: PaymentEffect['type']; readonly refundId?: string };

/** Which call a key is of. */
const callOf = ({ orderId, key }: { readonly orderId: string; readonly key: string }): CallName => {
  const { plainKey } = attemptOf(key);
  const single = (['authorize', 'capture', 'void'] as const).find((call) => effectKey[call](orderId) === plainKey);
  if (single !== undefined) return { call: single };
  return { call: 'refund', refundId: plainKey.slice(effectKey.refund(orderId, '').length) };
};
