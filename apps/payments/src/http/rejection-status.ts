import type { PaymentRejection } from '@murmuration/domain-payments';
import type { RejectionStatus } from '@murmuration/platform';

export const rejectionStatus: RejectionStatus<PaymentRejection> = {
  OrderNotHeardOfYet: 404,
  PaymentClosed: 409,
  NotAuthorized: 409,
  AlreadyDispatched: 409,
  NotCaptured: 409,
  NotDispatched: 409,
  AmountOutOfBounds: 422,
  RefundExceedsCaptured: 409,
  RefundIdTaken: 409,
  TooManyRefunds: 409,
  NoSuchRequest: 404,
  NothingNeedsAttention: 409,
  CallNotNamed: 422,
  ReceiptMissing: 422,
  MustBeUndone: 409,
};
