import type { StoredShapes } from '@murmuration/kernel';
import type { PaymentEvent } from './payment.messages';

/** The version of each event's stored shape; an older one is lifted by upcasters when it is read. */
export const paymentsShapes: StoredShapes<PaymentEvent> = {
  OrderNoted: { version: 1 },
  StockReservationNoted: { version: 1 },
  AuthorizationRequested: { version: 1 },
  PaymentUndoNoted: { version: 1 },
  PaymentAuthorized: { version: 1 },
  PaymentDeclined: { version: 1 },
  PaymentAuthorizationExpired: { version: 1 },
  CaptureRequested: { version: 1 },
  DispatchNoted: { version: 1 },
  PaymentCaptured: { version: 1 },
  VoidRequested: { version: 1 },
  PaymentVoided: { version: 1 },
  RefundRequested: { version: 1 },
  PaymentRefunded: { version: 1 },
  PaymentNeedsAttention: { version: 1 },
  PaymentRetryRequested: { version: 1 },
  PaymentAttentionResolved: { version: 1 },
};
