import type { OrdersRejection } from '@murmuration/domain-orders';
import type { RejectionStatus } from '@murmuration/platform';

export const rejectionStatus: RejectionStatus<OrdersRejection> = {
  OrderNotFound: 404,
  OrderAlreadyExists: 409,
  OrderNotSubmitted: 409,
  OrderAlreadySubmitted: 409,
  OrderAlreadyShipped: 409,
  OrderAlreadyClosed: 409,
  OrderHasNoLines: 422,
  TooManyLines: 422,
  LineOutOfBounds: 422,
  LinePriceDiffers: 422,
  LineNotFound: 404,
  OrderTotalOutOfBounds: 422,
  CustomerSuspended: 409,
  FactContradictsEnd: 409,
  CustomerNotFound: 404,
  CustomerAlreadyRegistered: 409,
};
