import { assert, unreachable, type Agenda } from '@murmuration/kernel';
import type { InventoryCommand, InventoryEvent } from './inventory.messages';

const HOLD_PREFIX = 'stock-hold:';

/** Every hold has an expiry. Inventory calls nobody outside. */
export const inventoryAgenda: Agenda<InventoryEvent, InventoryCommand, never, never> = {
  changesOf: (event) => {
    switch (event.type) {
      case 'StockReserved':
        return [{ type: 'deadline-set', key: HOLD_PREFIX + event.orderId, dueAt: event.heldUntil }];
      case 'ReservationReleased':
      case 'StockCommitted':
      case 'StockHoldExpired':
        return [{ type: 'deadline-cleared', key: HOLD_PREFIX + event.orderId }];
      default:
        return [];
    }
  },
  settle: ({ effect }) => unreachable(effect),
  fire: ({ key }, now) => {
    assert(key.startsWith(HOLD_PREFIX), `a deadline of inventory, got ${key}`);
    return { type: 'ExpireHold', orderId: key.slice(HOLD_PREFIX.length), now };
  },
};
