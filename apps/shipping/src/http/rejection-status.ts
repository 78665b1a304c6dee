import type { ShipmentRejection } from '@murmuration/domain-shipping';
import type { RejectionStatus } from '@murmuration/platform';

export const rejectionStatus: RejectionStatus<ShipmentRejection> = {
  OrderNotHeardOfYet: 404,
  ShipmentClosed: 409,
  NotBooked: 409,
  NotOurBooking: 409,
  NotDispatched: 409,
  NoSuchRequest: 404,
  AuthorizationExpired: 409,
  NothingNeedsAttention: 409,
  ReferenceMissing: 422,
  MustBeUndone: 409,
};
