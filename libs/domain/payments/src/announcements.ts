import {
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
import { unreachable } from '@murmuration/kernel';
import type { PaymentEvent } from './payment.messages';

/** What the others are told of an event of ours: outcomes, never intents. */
export const announce = (event: PaymentEvent): IntegrationEvent | undefined => {
  const { orderId } = event;
  switch (event.type) {
    case 'PaymentAuthorized': {
      const { amountMinor, currency, authorizedAt, expiresAt } = event;
      return say(paymentAuthorized, { orderId, amountMinor, currency, authorizedAt, expiresAt });
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
      return say(paymentNeedsAttention, { orderId, reason: event.reason, since: event.since });
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
