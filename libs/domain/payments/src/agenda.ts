import { assert, unreachable, type Agenda, type AgendaChange } from '@murmuration/kernel';
import {
  effectKey,
  type PaymentCommand,
  type PaymentEffect,
  type PaymentEvent,
  type ProviderReceipt,
} from './payment.messages';

const AUTHORIZATION_PREFIX = 'authorization:';

type Change = AgendaChange<PaymentEffect>;

const opened = (key: string, effect: PaymentEffect) =>
  ({ type: 'effect-opened', key, effect }) as const satisfies Change;
const closed = (key: string): Change => ({ type: 'effect-closed', key });
const noLongerExpiring = (orderId: string): Change => ({
  type: 'deadline-cleared',
  key: AUTHORIZATION_PREFIX + orderId,
});

/** The calls to the payment provider that are open, and the expiry of an authorisation that is neither captured nor voided. */
export const paymentsAgenda: Agenda<PaymentEvent, PaymentCommand, PaymentEffect, ProviderReceipt> = {
  changesOf: (event) => {
    const { orderId } = event;
    switch (event.type) {
      case 'AuthorizationRequested': {
        const { amountMinor, currency, paymentToken } = event;
        return [
          opened(effectKey.authorize(orderId), { type: 'authorize', orderId, amountMinor, currency, paymentToken }),
        ];
      }
      case 'PaymentAuthorized':
        return [
          closed(effectKey.authorize(orderId)),
          { type: 'deadline-set', key: AUTHORIZATION_PREFIX + orderId, dueAt: event.expiresAt },
        ];
      case 'PaymentDeclined':
        return [closed(effectKey.authorize(orderId))];
      case 'CaptureRequested': {
        const { amountMinor, currency } = event;
        return [
          noLongerExpiring(orderId),
          opened(effectKey.capture(orderId), { type: 'capture', orderId, amountMinor, currency }),
        ];
      }
      case 'PaymentCaptured':
        return [noLongerExpiring(orderId), closed(event.key ?? effectKey.capture(orderId))];
      case 'VoidRequested':
        return [noLongerExpiring(orderId), opened(effectKey.void(orderId), { type: 'void', orderId })];
      case 'PaymentVoided':
        return event.held ? [closed(event.key ?? effectKey.void(orderId))] : [];
      case 'RefundRequested': {
        const { refundId, amountMinor, currency } = event;
        return [
          opened(effectKey.refund(orderId, refundId), { type: 'refund', orderId, refundId, amountMinor, currency }),
        ];
      }
      case 'PaymentRefunded':
        return [closed(event.key ?? effectKey.refund(orderId, event.refundId))];
      case 'PaymentAuthorizationExpired':
        return [noLongerExpiring(orderId)];
      case 'PaymentNeedsAttention':
        return [closed(event.key)];
      case 'PaymentRetryRequested':
        return [{ ...opened(event.key, event.effect), askFirst: true }];
      case 'OrderNoted':
      case 'StockReservationNoted':
      case 'PaymentUndoNoted':
      case 'DispatchNoted':
      case 'PaymentAttentionResolved':
        return [];
      default:
        return unreachable(event);
    }
  },
  settle: ({ key, effect: { orderId } }, outcome, now) => ({
    type: 'ReportProviderOutcome',
    orderId,
    key,
    outcome,
    now,
  }),
  fire: ({ key }, now) => {
    assert(key.startsWith(AUTHORIZATION_PREFIX), `a deadline of payments, got ${key}`);
    return { type: 'ExpireAuthorization', orderId: key.slice(AUTHORIZATION_PREFIX.length), now };
  },
};
