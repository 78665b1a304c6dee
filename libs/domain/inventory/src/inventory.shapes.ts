import type { StoredShapes } from '@murmuration/kernel';
import type { InventoryEvent } from './inventory.messages';

/** The version of each event's stored shape; an older one is lifted by upcasters when it is read. */
export const inventoryShapes: StoredShapes<InventoryEvent> = {
  StockReceived: { version: 1 },
  StockAdjusted: { version: 1 },
  StockHeld: { version: 1 },
  StockHoldReleased: { version: 1 },
  StockHoldCommitted: { version: 1 },
  StockReserved: { version: 1 },
  ReservationRefused: { version: 1 },
  ReservationReleased: { version: 1 },
  StockCommitted: { version: 1 },
  StockHoldExpired: { version: 1 },
  StockNeedsAttention: { version: 1 },
  StockCommitRetried: { version: 1 },
  StockAttentionResolved: { version: 1 },
};
