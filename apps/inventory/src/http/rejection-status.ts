import type { InventoryRejection } from '@murmuration/domain-inventory';
import type { RejectionStatus } from '@murmuration/platform';

export const rejectionStatus: RejectionStatus<InventoryRejection> = {
  OrderNotHeardOfYet: 404,
  QuantityOutOfBounds: 422,
  StockLevelOutOfBounds: 422,
  SkuUnknown: 404,
  AdjustmentExceedsAvailable: 409,
  ReservationClosed: 409,
  StockAlreadyCommitted: 409,
  NothingNeedsAttention: 409,
  StockShort: 409,
};
